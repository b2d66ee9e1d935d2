/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Privileges: what devices, listeners and files need to be opened, and no longer. Whoever is
 * started as root and was given a user becomes that user before anything is opened, so that all
 * files are that user's from the beginning, and keeps some capabilities for the start; systemd's
 * User= with AmbientCapabilities= comes to the same. Once all is open every thread gives them up.
 */
#ifndef CONTROL_PRIVILEGES_H
#define CONTROL_PRIVILEGES_H

#include <stddef.h>

/*
 * While there is one thread only. user: NULL for none, and nothing is done. Makes what only root
 * can make (/run/uproar, folders in hugetlbfs) and gives it to the user. 0, or -errno with a
 * sentence in error.
 */
int privileges_take_user(const char *user, char *error, size_t cap);

/*
 * All threads of this process lose their capabilities, for good, unless they are root's. The
 * calling one, and those that it starts from then on, keep CAP_NET_ADMIN if they had it: it takes
 * the XDP program off at the end. 0, or -errno with the thread that could not be had in error.
 */
int privileges_give_up(char *error, size_t cap);

/* The same for the calling thread alone, which was started later and needs none. */
void privileges_give_up_thread(void);

#endif

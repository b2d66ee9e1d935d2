/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The folder of run-time files (wire/socket_path.h): control socket, sockets of virtual devices.
 */
#ifndef CONTROL_RUN_FOLDER_H
#define CONTROL_RUN_FOLDER_H

#include <stddef.h>

/* Makes it and writes its path. 0, or -errno: -EPERM if somebody else made it first. */
int run_folder_make(char *out, size_t cap);

/* Removes it if it is empty: another appliance may use it. */
void run_folder_remove(void);

#endif

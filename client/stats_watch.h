/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar stats --watch`: asks once a second, until q, Ctrl-C or SIGTERM. */
#ifndef CLIENT_STATS_WATCH_H
#define CLIENT_STATS_WATCH_H

#include <stdbool.h>

/*
 * With json a line for each answer instead of a screen. An appliance that goes away is waited for;
 * one that is not there at the beginning is not. Returns the exit status of the program.
 */
int stats_watch(const char *socket_path, bool json);

#endif

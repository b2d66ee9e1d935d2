/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* SIGINT and SIGTERM as events on a descriptor. */
#ifndef CLIENT_CROWD_SIGNALS_H
#define CLIENT_CROWD_SIGNALS_H

/* Blocks both in this thread, and in those that it starts. A descriptor to poll, or -errno. */
int signals_open(void);

/* How many came since it was asked last. */
unsigned signals_take(int fd);

#endif

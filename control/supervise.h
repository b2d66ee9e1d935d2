/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The control thread's look after the appliance: which workers poll (heartbeat.h), which links
 * are up, and what the service manager hears (service.h).
 *
 * Its watchdog is fed as long as windows are closed and at least one worker polls. One worker of
 * several that hangs is named and no reason to restart: the others count on, and a restart would
 * throw out every subscriber. If none polls nothing is counted, and a restart loses nothing, since
 * the counters are in the arena.
 */
#ifndef CONTROL_SUPERVISE_H
#define CONTROL_SUPERVISE_H

struct appliance;

/* How long to wait at most before the next call of supervise(), in milliseconds. */
int supervise_patience(const struct appliance *a);

/* In each turn of the main loop. */
void supervise(struct appliance *a);

/* A window was closed: it is shown in the status line. */
void supervise_window(struct appliance *a);

#endif

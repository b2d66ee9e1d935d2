/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * DPDK's interrupt thread, which nothing ends: it runs on while devices are closed and while the
 * EAL unmaps its memory. memif's handlers run on it, and its driver closes a device without a look
 * at them: a peer that connects in that moment is served from what has just been freed.
 */
#ifndef DATAPLANE_INTERRUPTS_H
#define DATAPLANE_INTERRUPTS_H

#include <stdbool.h>

/* Runs it on that thread, so that no handler runs at the same time, and waits for it. False, after
 * a line in the log, if the thread hangs: it may still be run later. */
bool interrupts_do(void (*what)(void *), void *arg);

/* When all devices are closed, before the EAL ends: from its return on no handler runs any more. */
void interrupts_park(void);

#endif

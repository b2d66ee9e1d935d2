/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * DPDK's interrupt thread, which nothing ends: it runs on while devices are closed and while the EAL
 * unmaps its memory. memif's handlers run on it, so a peer that connects in that moment is served
 * from what has just been freed. At the end it is therefore put aside.
 */
#ifndef DATAPLANE_INTERRUPTS_H
#define DATAPLANE_INTERRUPTS_H

/*
 * Before devices are closed for good: from its return on no handler runs any more, in the rest of
 * this process's life. Waits for one that runs now.
 */
void interrupts_park(void);

#endif

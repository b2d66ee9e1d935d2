/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Other DPDK processes that look at this one: dpdk-dumpcap, dpdk-proc-info. They map our memory,
 * and say what they want of us to a socket in DPDK's runtime folder, into which only our user and
 * root get. Who captures adds a callback to a queue. Without one rte_eth_rx_burst() looks at an
 * empty list, which it does in any case.
 *
 * A dpdk-dumpcap that is killed leaves its callbacks behind: the worker goes on copying into a ring
 * that nobody empties, which costs time and no datagram, and no other capture can begin.
 * librte_pdump takes a callback away for another process only; so uproard is that process itself,
 * for a moment.
 */
#ifndef DATAPLANE_SECONDARIES_H
#define DATAPLANE_SECONDARIES_H

#include <stdbool.h>
#include <sys/types.h>

/* Behind the EAL's start, before ports are opened. Where nobody can attach the log says why. */
void secondaries_admit(void);

/* Before the EAL's end. dpdk-dumpcap sees that we are gone and ends. */
void secondaries_dismiss(void);

struct capture_ending {
	pid_t process; // that ends one now, or 0
	unsigned failed;
	char device[64]; // of which
};

/*
 * Ends one capture that nobody reads any more, if there is one, by a process that does
 * secondaries_end_capture(); does not wait for it. name: of the appliance.
 */
void secondaries_turn(struct capture_ending *e, const char *name);

/* What that process does and nothing else. device: DPDK's name of the port. 0 or -errno. */
int secondaries_end_capture(const char *name, const char *device);

#endif

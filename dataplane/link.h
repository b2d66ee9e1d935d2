/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The link of a port. A card needs some seconds for it after it was started, during which nothing
 * would be received; a virtual device has it at once, or when its peer comes.
 */
#ifndef DATAPLANE_LINK_H
#define DATAPLANE_LINK_H

#include <stdbool.h>
#include <stdint.h>

enum { LINK_WAIT_MS = 9000 }; // what DPDK's own programs wait for a card

struct link {
	uint16_t port;      // DPDK's
	const char *device; // for the log
	bool up;            // when it was last looked at
};

bool link_is_up(uint16_t port);

/* Looks for the first time. */
void link_begin(struct link *l, uint16_t port, const char *device);

/* Looks until all of them are up, for so long in all, and says of each what it is. */
void link_await(struct link *const *links, unsigned n, unsigned most_ms);

/* Looks again; a change is logged. */
void link_check(struct link *l);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a device counts, as figures that never fall. Some drivers begin again at 0: memif when its
 * peer leaves, others when they reset a card that hung. What was last seen before counts on.
 */
#ifndef DATAPLANE_PORT_COUNTS_H
#define DATAPLANE_PORT_COUNTS_H

#include <stdint.h>

struct port_count {
	uint64_t before; // of the times before the device last began again
	uint64_t last;   // seen of this time
};

/* All that was ever counted, the device now saying so much. */
static inline uint64_t port_count_sum(const struct port_count *c, uint64_t now)
{
	return c->before + now + (now < c->last ? c->last : 0);
}

/* Remembers what the device says now. */
static inline void port_count_see(struct port_count *c, uint64_t now)
{
	if (now < c->last)
		c->before += c->last;
	c->last = now;
}

struct port_counts {
	struct port_count rx, imissed, nombuf;
};

#endif

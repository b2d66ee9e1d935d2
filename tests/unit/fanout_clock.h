/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A subscriber of channel 2. When it has its frame, the waves before have been sent; when a client
 * was accepted after that, they have been counted, too.
 */
#ifndef TESTS_UNIT_FANOUT_CLOCK_H
#define TESTS_UNIT_FANOUT_CLOCK_H

#include "fanout_rig.h"

struct clock {
	int fd;
	uint32_t ticks;
	uint64_t accepted;
};

/* others: connections that were made before. */
struct clock clock_start(struct rig *rig, unsigned others);
void clock_tick(struct rig *rig, struct clock *clock);

/*
 * Publishes frames of len bytes on channel 1, from number n + 1 on, until the kernel takes no more
 * for the one who reads nothing of it. Returns the number of the last; *bytes went to others than
 * the clock.
 */
uint32_t clock_stall(struct rig *rig, struct clock *clock, uint32_t n, size_t len, uint64_t *bytes);

#endif

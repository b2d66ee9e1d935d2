/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Two others who read the same records. The floor looks at each byte and understands nothing. The
 * rival is what one would write first: a table of the newest counts of each node, from which each
 * window is summed anew; it makes no frames, and leaves out people, deadlines, and who is who.
 */
#ifndef PERF_CLUSTER_RIVALS_H
#define PERF_CLUSTER_RIVALS_H

#include "perf/cluster/recorded.h"

uint64_t rivals_touch(const struct recorded *r);

struct resum {
	unsigned nodes, channels;
	uint64_t *newest; // [node][channel][reaction]
	uint64_t *sums;   // [channel][reaction]
};

/* 0 or -ENOMEM. */
int resum_open(struct resum *s, const struct recorded *r);
void resum_close(struct resum *s);

/* Takes the window's records and sums. Returns all taps. */
uint64_t resum_window(struct resum *s, const struct recorded *r);

#endif

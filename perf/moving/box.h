/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * An ingest node as a session meets it: the counting and the table of sessions that the appliance
 * has, without a device. Each batch reports a reaction of its own, so that the tallies tell which
 * batches of a datagram were counted.
 */
#ifndef PERF_MOVING_BOX_H
#define PERF_MOVING_BOX_H

#include "dataplane/counter.h"

/* Batches that are told apart: more than a box remembers of a session. */
enum { BOX_REACTIONS = 64 };

struct box {
	struct policy policy;
	struct worker_block block;
	struct undo undo;
	struct reactors_head reactors_head;
	struct counter counter;
	void *table;
	bool moved[1];
	uint64_t tallies[BOX_REACTIONS];
};

/* 0 or -ENOMEM. */
int box_open(struct box *b);
void box_close(struct box *b);

/* Its arena is gone: it knows no session any more. */
void box_forget(struct box *b);

static inline uint8_t box_reaction_of(uint32_t sequence)
{
	return (uint8_t)(sequence % BOX_REACTIONS);
}

/* Bit i: the batch sequence - i was counted. */
unsigned box_take(
	struct box *b, const uint8_t *payload, size_t len, uint32_t sequence, unsigned batches);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/moving/box.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Few, for a box meets one session at a time: none has to go for another one. */
enum { BUCKETS = 8 };

static void make_policy(struct policy *p)
{
	memset(p->known, 0xff, sizeof(p->known));
	memset(p->row_of, 0xff, sizeof(p->row_of));
	p->row_of[0] = 0;
}

int box_open(struct box *b)
{
	memset(b, 0, sizeof(*b));
	b->table = aligned_alloc(64, sessions_size(BUCKETS));
	if (b->table == NULL)
		return -ENOMEM;
	make_policy(&b->policy);
	b->counter = (struct counter){.policy = &b->policy,
		.stats = &b->block.stats,
		.tallies = b->tallies,
		.stride = BOX_REACTIONS,
		.moved = b->moved,
		.undo = &b->undo,
		.reactors = {.head = &b->reactors_head}};
	box_forget(b);
	return 0;
}

void box_close(struct box *b)
{
	free(b->table);
}

void box_forget(struct box *b)
{
	static const uint64_t key[2] = {7, 0x9e3779b97f4a7c15};

	memset(b->table, 0, sessions_size(BUCKETS));
	memcpy(b->table, key, sizeof(key));
	sessions_view(&b->counter.sessions, b->table, BUCKETS);
}

unsigned box_take(
	struct box *b, const uint8_t *payload, size_t len, uint32_t sequence, unsigned batches)
{
	uint64_t before[BOX_REACTIONS];
	unsigned counted = 0;

	memcpy(before, b->tallies, sizeof(before));
	if (counter_take(&b->counter, payload, len) != REFUSED_none)
		return 0;
	for (unsigned i = 0; i < batches; i++) {
		uint8_t reaction = box_reaction_of(sequence - i);

		counted |= (unsigned)(b->tallies[reaction] - before[reaction]) << i;
	}
	return counted;
}

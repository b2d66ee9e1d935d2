/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "counting_rig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void open_channels(struct policy *p, const struct catalogue *c)
{
	memset(p->row_of, 0xff, sizeof(p->row_of));
	p->row_of[0] = RIG_ROW_OF_0;
	p->row_of[1] = RIG_ROW_OF_1;
	memcpy(p->known, c->known, sizeof(p->known));
	p->matcher = c->matcher;
	p->plain_text = true;
	p->unsequenced = true;
}

static int open_sessions(struct counting_rig *rig)
{
	rig->table = aligned_alloc(64, sessions_size(RIG_BUCKETS));
	if (rig->table == NULL)
		return -ENOMEM;
	memset(rig->table, 0, sessions_size(RIG_BUCKETS));
	/* The same in every run, so that the sessions of a test always share buckets alike. */
	memcpy(rig->table, (const uint64_t[2]){7, 0x9e3779b97f4a7c15}, 2 * sizeof(uint64_t));
	sessions_view(&rig->counter.sessions, rig->table, RIG_BUCKETS);
	return 0;
}

/* The second key is RFC 4493's. */
static void make_keys(struct counting_rig *rig)
{
	static const char text[] = "1 000102030405060708090a0b0c0d0e0f\n"
				   "7 2b7e151628aed2a6abf7158809cf4f3c\n";
	struct key_file file;
	char error[64];

	rig->keys = aligned_alloc(_Alignof(struct ticket_keys), sizeof(*rig->keys));
	if (rig->keys == NULL ||
		key_file_parse(text, strlen(text), &file, error, sizeof(error)) < 0)
		abort();
	if (ticket_supported())
		ticket_keys_expand(rig->keys, &file);
	rig->policy.gate.keys = rig->keys;
	rig->policy.gate.now_s = RIG_NOW;
}

void counting_rig_want_tickets(struct counting_rig *rig, bool wanted)
{
	rig->policy.row_of[1] = wanted ? POLICY_NO_ROW : RIG_ROW_OF_1;
	rig->policy.gate.row_plus_1[1] = wanted ? RIG_ROW_OF_1 + 1 : 0;
}

struct counting_rig *counting_rig_new(void)
{
	struct counting_rig *rig = aligned_alloc(_Alignof(struct counting_rig), sizeof(*rig));
	char error[512] = "out of memory";

	if (rig != NULL)
		memset(rig, 0, sizeof(*rig));
	if (rig == NULL || open_sessions(rig) < 0 ||
		config_load(&rig->config, NULL, error, sizeof(error)) < 0 ||
		catalogue_make(&rig->catalogue, &rig->config, error, sizeof(error)) < 0 ||
		text_scanner_new(&rig->counter.scanner, rig->catalogue.matcher) < 0) {
		fprintf(stderr, "counting_rig: %s\n", error);
		abort();
	}
	open_channels(&rig->policy, &rig->catalogue);
	make_keys(rig);
	rig->counter.policy = &rig->policy;
	rig->counter.stats = &rig->block.stats;
	rig->counter.tallies = rig->tallies[0];
	rig->counter.stride = RIG_STRIDE;
	rig->counter.moved = rig->moved;
	rig->counter.undo = &rig->undo;
	rig->counter.unsequenced_budget = UINT32_MAX;
	rig->counter.reactors.head = &rig->reactors_head;
	rig->counter.reactors.rows = rig->reactors;
	return rig;
}

void counting_rig_free(struct counting_rig *rig)
{
	text_scanner_free(rig->counter.scanner);
	catalogue_free(&rig->catalogue);
	config_free(&rig->config);
	free(rig->table);
	free(rig->keys);
	free(rig);
}

uint64_t counting_rig_taps(const struct counting_rig *rig, unsigned row)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < RIG_STRIDE; i++)
		sum += rig->tallies[row][i];
	return sum;
}

uint64_t counting_rig_all_taps(const struct counting_rig *rig)
{
	uint64_t sum = 0;

	for (unsigned row = 0; row < RIG_ROWS; row++)
		sum += counting_rig_taps(rig, row);
	return sum;
}

int counting_rig_same(const struct counting_rig *rig, const struct counting_rig *before)
{
	return memcmp(&rig->block.stats, &before->block.stats, sizeof(rig->block.stats)) == 0 &&
	       memcmp(rig->tallies, before->tallies, sizeof(rig->tallies)) == 0 &&
	       memcmp(rig->moved, before->moved, sizeof(rig->moved)) == 0 &&
	       rig->counter.reactors.n == before->counter.reactors.n &&
	       memcmp(rig->reactors, before->reactors, sizeof(rig->reactors)) == 0;
}

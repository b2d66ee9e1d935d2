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

struct counting_rig *counting_rig_new(void)
{
	struct counting_rig *rig = aligned_alloc(64, sizeof(*rig));
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
	rig->counter.policy = &rig->policy;
	rig->counter.stats = &rig->block.stats;
	rig->counter.tallies = rig->tallies[0];
	rig->counter.stride = RIG_STRIDE;
	rig->counter.undo = &rig->undo;
	rig->counter.unsequenced_budget = UINT32_MAX;
	return rig;
}

void counting_rig_free(struct counting_rig *rig)
{
	text_scanner_free(rig->counter.scanner);
	catalogue_free(&rig->catalogue);
	config_free(&rig->config);
	free(rig->table);
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
	       memcmp(rig->tallies, before->tallies, sizeof(rig->tallies)) == 0;
}

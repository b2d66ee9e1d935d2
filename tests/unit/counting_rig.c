/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "counting_rig.h"

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

struct counting_rig *counting_rig_new(void)
{
	struct counting_rig *rig = aligned_alloc(_Alignof(struct counting_rig), sizeof(*rig));
	char error[512] = "out of memory";

	if (rig != NULL)
		memset(rig, 0, sizeof(*rig));
	if (rig == NULL || config_load(&rig->config, NULL, error, sizeof(error)) < 0 ||
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
	rig->counter.reactors.head = &rig->reactors_head;
	rig->counter.reactors.rows = rig->reactors;
	return rig;
}

void counting_rig_free(struct counting_rig *rig)
{
	text_scanner_free(rig->counter.scanner);
	catalogue_free(&rig->catalogue);
	config_free(&rig->config);
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
	       rig->counter.reactors.n == before->counter.reactors.n &&
	       memcmp(rig->reactors, before->reactors, sizeof(rig->reactors)) == 0;
}

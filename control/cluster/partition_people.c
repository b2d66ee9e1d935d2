/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/partition_state.h"

#include "control/reactor_count.h"

#include <stdlib.h>
#include <string.h>

/*
 * Two windows are on their way at a time at most: one whose deadline has not passed, and the next.
 * A bank that has another one, since windows were missed or have another length now, is shared: the
 * estimate is then too large, but never larger than the taps.
 */
void channel_add_people(
	struct channel *c, uint64_t ends, uint32_t window_ms, const struct hyperloglog *people)
{
	if (c->banks == NULL)
		c->banks = calloc(2, sizeof(*c->banks));
	if (c->banks == NULL)
		return; // as if nobody was known
	struct people_bank *bank = &c->banks[ends / window_ms % 2];

	if (bank->ends == 0 || ends < bank->ends)
		bank->ends = ends;
	hyperloglog_merge(&bank->people, people);
}

uint32_t channel_people(const struct channel *c, uint64_t ends, uint64_t taps)
{
	struct hyperloglog all = {0};

	if (c->banks == NULL || taps == 0)
		return 0;
	for (unsigned i = 0; i < 2; i++) {
		if (c->banks[i].ends != 0 && c->banks[i].ends <= ends)
			hyperloglog_merge(&all, &c->banks[i].people);
	}
	return reactor_count_estimate(&all, taps);
}

void channel_forget_people(struct channel *c, uint64_t ends)
{
	for (unsigned i = 0; c->banks != NULL && i < 2; i++) {
		if (c->banks[i].ends != 0 && c->banks[i].ends <= ends)
			c->banks[i] = (struct people_bank){0};
	}
}

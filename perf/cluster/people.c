/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/cluster/people.h"

#include "client/crowd/random.h"

void people_gather(struct hyperloglog *h, unsigned n, uint64_t seed)
{
	static struct reactors_head head = {.key = {3, 5}};
	static struct reactors_row row;
	struct reactors r = {.head = &head, .rows = &row};
	struct random random;

	memset(&row, 0, sizeof(row));
	random_seed(&random, seed);
	reactors_begin(&r);
	for (unsigned i = 0; i < n; i++)
		reactors_note(&r, 0, reactors_hash(&head, random_next(&random) >> 8));
	reactors_end(&r);
	for (unsigned i = 0; i < REACTORS_LINES; i++)
		memcpy(h->registers[i], row.banks[0][i].registers, REACTORS_IN_LINE);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/cluster/rivals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint64_t rivals_touch(const struct recorded *r)
{
	uint64_t sum = 0, word;

	for (size_t i = 0; i + sizeof(word) <= r->len; i += sizeof(word)) {
		memcpy(&word, r->bytes + i, sizeof(word));
		sum += word;
	}
	return sum;
}

int resum_open(struct resum *s, const struct recorded *r)
{
	size_t n = (size_t)r->channels * RECORDED_REACTIONS;

	*s = (struct resum){.nodes = r->nodes, .channels = r->channels};
	s->newest = calloc(n * r->nodes, sizeof(*s->newest));
	s->sums = calloc(n, sizeof(*s->sums));
	if (s->newest != NULL && s->sums != NULL)
		return 0;
	resum_close(s);
	return -ENOMEM;
}

void resum_close(struct resum *s)
{
	free(s->newest);
	free(s->sums);
}

/* The node is told by its place: finding it by its name is left out, too. */
static void take(struct resum *s, const struct recorded_at *at, unsigned node)
{
	static struct record_tally t;

	if (record_tally_decode(at->key, at->key_len, at->key + at->key_len, at->value_len, &t) < 0)
		return;
	memcpy(&s->newest[((size_t)node * s->channels + t.channel) * RECORDED_REACTIONS], t.counts,
		RECORDED_REACTIONS * sizeof(*t.counts));
}

uint64_t resum_window(struct resum *s, const struct recorded *r)
{
	size_t n = (size_t)s->channels * RECORDED_REACTIONS;
	uint64_t taps = 0;

	for (size_t i = 0; i < r->n; i++)
		take(s, &r->records[i], (unsigned)(i / (s->channels + 1)));
	memset(s->sums, 0, n * sizeof(*s->sums));
	for (unsigned node = 0; node < s->nodes; node++) {
		for (size_t i = 0; i < n; i++)
			s->sums[i] += s->newest[node * n + i];
	}
	for (size_t i = 0; i < n; i++)
		taps += s->sums[i];
	return taps;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/session_table.h"

#include "perf/frames.h"
#include "perf/memory.h"

enum {
	BITS_MAX = 32,
	BITS_MIN = 10, // where sessions do not matter
	ROUNDS = 4096, // of all sessions, that a case may send
	AHEAD = 16,    // buckets that are fetched
	PAYLOAD = 128,
};

struct session_table *session_table_of(const struct bench_case *c)
{
	static struct session_table tables[BITS_MAX];
	unsigned bits = c->frames.session_bits;
	struct session_table *t = &tables[bits];

	if (t->memory != NULL)
		return t;
	t->buckets = sessions_buckets(1u << (bits > 0 ? bits : BITS_MIN));
	t->memory = memory_new(sessions_size(t->buckets), &t->ordinary);
	return t->memory != NULL && sessions_make_key(t->memory) == 0 ? t : NULL;
}

static void fetch_bucket(const struct counter *c, uint64_t session)
{
	__builtin_prefetch(session_bucket(&c->sessions, session_hash(&c->sessions, session)), 1);
}

void session_table_fill(
	struct session_table *t, const struct bench_case *c, struct counter *counter)
{
	uint64_t n = t->filled || c->frames.session_bits == 0 ? 0 : 1ull << c->frames.session_bits;
	uint8_t payload[PAYLOAD];

	for (uint64_t i = 0; i < n; i++) {
		size_t len = frames_payload(c, i, payload, sizeof(payload));

		fetch_bucket(counter, frames_session_of(c, i + AHEAD));
		counter_take(counter, payload, len);
	}
	t->filled = true;
}

uint64_t session_table_first(struct session_table *t, const struct bench_case *c)
{
	if (c->frames.session_bits == 0)
		return 0;
	return (uint64_t)(1 + ROUNDS * t->users++) << c->frames.session_bits;
}

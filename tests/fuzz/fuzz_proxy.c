/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The header of a proxy. The first byte says in how large pieces the rest arrives. Whole or in
 * pieces, and byte by byte, it must come to the same result, having taken the same bytes.
 */

#include "fanout/proxy_header.h"
#include "fuzz_check.h"

#include <stdint.h>
#include <string.h>

struct outcome {
	enum proxy_result result;
	size_t taken;
	source_t client;
};

/* Each piece in memory of exactly its size. */
static enum proxy_result take_exact(
	struct proxy_header *p, const uint8_t *bytes, size_t len, size_t *used, source_t *client)
{
	uint8_t *exact = malloc(len);

	CHECK(exact != NULL);
	memcpy(exact, bytes, len);
	enum proxy_result result = proxy_header_take(p, exact, len, used, client);
	free(exact);
	return result;
}

static struct outcome read_in_pieces(const uint8_t *data, size_t len, size_t piece)
{
	struct proxy_header p = {.taken = 0};
	struct outcome o = {.result = PROXY_MORE};
	size_t used;

	while (o.result == PROXY_MORE && o.taken < len) {
		size_t n = len - o.taken < piece ? len - o.taken : piece;

		o.result = take_exact(&p, data + o.taken, n, &used, &o.client);
		CHECK(used <= n && (o.result != PROXY_MORE || used == n));
		o.taken += used;
	}
	CHECK(o.taken <= PROXY_HEAD_LEN + PROXY_LENGTH_MAX);
	return o;
}

static bool agree(const struct outcome *a, const struct outcome *b)
{
	bool good = a->result == PROXY_CLIENT || a->result == PROXY_NOBODY;

	return a->result == b->result && a->client == b->client && (!good || a->taken == b->taken);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2)
		return 0;
	struct outcome whole = read_in_pieces(data + 1, len - 1, len);
	struct outcome pieces = read_in_pieces(data + 1, len - 1, 1u + data[0]);
	struct outcome bytes = read_in_pieces(data + 1, len - 1, 1);

	CHECK(agree(&whole, &pieces) && agree(&whole, &bytes));
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Records as anybody who may write to the topics could put them there: a length, so long a key, and
 * the value. There is one way to write a record, so what is taken is written as it was.
 */

#include "control/cluster/record.h"
#include "fuzz_check.h"
#include "wire/frame.h"

#include <errno.h>
#include <string.h>

/* In a block of their own, so that a byte too many is seen. */
struct bytes {
	uint8_t *at;
	size_t len;
};

static struct bytes copy(const uint8_t *data, size_t len)
{
	struct bytes b = {.at = malloc(len > 0 ? len : 1), .len = len};

	CHECK(b.at != NULL);
	memcpy(b.at, data, len);
	return b;
}

static void check_same(struct bytes b, const uint8_t *again, size_t len)
{
	CHECK(len == b.len && memcmp(again, b.at, len) == 0);
}

static void check_node(const char *node)
{
	CHECK(record_node_valid(node, strlen(node)));
}

static void check_tally(struct bytes key, struct bytes value)
{
	static uint8_t key_again[RECORD_KEY_MAX], again[RECORD_TALLY_MAX];
	static struct record_tally t;
	struct record_source source;
	uint16_t channel;

	if (record_tally_decode(key.at, key.len, value.at, value.len, &t) != 0)
		return;
	CHECK(record_kind_of(key.at, key.len) == RECORD_TALLY);
	CHECK(record_tally_key_decode(key.at, key.len, &channel, &source) == 0);
	CHECK(channel == t.channel && channel != RECORD_NO_CHANNEL && source.generation != 0);
	check_node(t.source.node);
	for (unsigned i = 0; i < REACTORS_REGISTERS; i++)
		CHECK(t.people.registers[i / REACTORS_IN_LINE][i % REACTORS_IN_LINE] <=
			REACTORS_RANK_MAX);
	check_same(key, key_again, record_tally_key(&t, key_again));
	check_same(value, again, record_tally_encode(&t, again));
}

static void check_report(struct bytes key, struct bytes value)
{
	uint8_t key_again[RECORD_KEY_MAX], again[RECORD_REPORT_MAX];
	struct record_report r;

	if (record_report_decode(key.at, key.len, value.at, value.len, &r) != 0)
		return;
	CHECK(record_kind_of(key.at, key.len) == RECORD_REPORT);
	CHECK(r.generation != 0 && r.window_ms != 0);
	check_node(r.node);
	check_same(key, key_again, record_report_key(&r, key_again));
	check_same(value, again, record_report_encode(&r, again));
}

/* What goes on to subscribers, and into sums. */
static void check_contents(const struct record_frame *f)
{
	struct frame binary;

	CHECK(f->n_sources <= RECORD_RETIRED_MAX);
	check_node(f->merger);
	CHECK(f->mood.usual >= 0 && f->mood.recent >= 0);
	for (unsigned i = 0; i < WIRE_REACTIONS_MAX; i++)
		CHECK(f->retired[i] <= f->merged[i]);
	if (f->binary_len == 0) {
		CHECK(!f->open && f->json_len == 0);
		return;
	}
	CHECK(frame_decode(f->binary, f->binary_len, &binary) == 0);
	CHECK(binary.channel == f->channel);
	CHECK(memchr(f->json, '\n', f->json_len) == NULL);
}

static void check_frame(struct bytes key, struct bytes value)
{
	static struct record_frame f;
	uint8_t key_again[RECORD_FRAME_KEY];

	if (record_frame_decode(key.at, key.len, value.at, value.len, &f) != 0)
		return;
	check_contents(&f);
	CHECK(f.binary_len + f.json_len < value.len);
	uint8_t *again = malloc(record_frame_size(&f));
	CHECK(again != NULL);
	check_same(key, key_again, record_frame_key(f.channel, key_again));
	check_same(value, again, record_frame_encode(&f, again));
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0 || len > 1 << 16)
		return 0;
	size_t key_len = data[0] < len ? data[0] : len - 1;
	struct bytes key = copy(data + 1, key_len);
	struct bytes value = copy(data + 1 + key_len, len - 1 - key_len);

	check_tally(key, value);
	check_report(key, value);
	check_frame(key, value);
	record_json_valid((const char *)value.at, value.len);
	free(key.at);
	free(value.at);
	return 0;
}

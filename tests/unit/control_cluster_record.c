/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What one node writes another reads as it was meant, and bytes that no node wrote are refused:
 * anybody who may write to the topics may put anything there.
 */

#include "control/cluster/record.h"
#include "seeded_random.h"
#include "wire/bytes.h"
#include "wire/frame.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tally_bytes {
	uint8_t key[RECORD_KEY_MAX], value[RECORD_TALLY_MAX];
	size_t key_len, len;
};

static struct tally_bytes encode(const struct record_tally *t)
{
	struct tally_bytes b;

	memset(&b, 0xee, sizeof(b));
	b.key_len = record_tally_key(t, b.key);
	b.len = record_tally_encode(t, b.value);
	cr_assert_leq(b.key_len, sizeof(b.key));
	cr_assert_leq(b.len, sizeof(b.value));
	return b;
}

static int decode(const struct tally_bytes *b, struct record_tally *out)
{
	memset(out, 0xee, sizeof(*out));
	return record_tally_decode(b->key, b->key_len, b->value, b->len, out);
}

static struct record_tally new_tally(void)
{
	return (struct record_tally){
		.channel = 7,
		.source = {.node = "ingest-1.example", .generation = 3, .began = 0xabcdef},
		.window = 1782465600,
		.ends = 1782465600000,
		.counts = {[0] = 5, [255] = UINT64_MAX},
	};
}

static void fill(struct hyperloglog *h, unsigned registers)
{
	memset(h, 0, sizeof(*h));
	for (unsigned i = 0; i < registers; i++)
		h->registers[i / REACTORS_IN_LINE][i % REACTORS_IN_LINE] =
			1 + i % REACTORS_RANK_MAX;
}

static void must_be_same(const struct record_tally *a, const struct record_tally *b)
{
	cr_assert_eq(a->channel, b->channel);
	cr_assert_str_eq(a->source.node, b->source.node);
	cr_assert_eq(a->source.generation, b->source.generation);
	cr_assert_eq(a->source.began, b->source.began);
	cr_assert_eq(a->window, b->window);
	cr_assert_eq(a->ends, b->ends);
	cr_assert_arr_eq(a->counts, b->counts, sizeof(a->counts));
	cr_assert_eq(a->has_people, b->has_people);
	if (a->has_people)
		cr_assert_arr_eq(&a->people, &b->people, sizeof(a->people));
}

Test(cluster_record, a_tally_is_read_as_it_was_written)
{
	struct record_tally in = new_tally(), out;
	struct tally_bytes b = encode(&in);

	cr_assert_eq(record_kind_of(b.key, b.key_len), RECORD_TALLY);
	cr_assert_eq(decode(&b, &out), 0);
	must_be_same(&in, &out);
	cr_assert_eq(b.len, 20 + 2 * 9, "empty counts take no room: %zu", b.len);
}

Test(cluster_record, registers_are_read_as_they_were_whatever_number_is_used)
{
	for (unsigned n = 0; n <= REACTORS_REGISTERS; n++) {
		struct record_tally in = new_tally(), out;

		in.has_people = true;
		fill(&in.people, n);
		struct tally_bytes b = encode(&in);
		cr_assert_eq(decode(&b, &out), 0, "%u", n);
		must_be_same(&in, &out);
		size_t people = b.len - 20 - 2 * 9;
		cr_assert_leq(people, 2 + n * 2);
		cr_assert_leq(people, REACTORS_REGISTERS);
	}
}

Test(cluster_record, the_largest_tally_fits)
{
	struct record_tally in = new_tally(), out;

	memset(in.source.node, 'x', RECORD_NODE_MAX);
	in.source.node[RECORD_NODE_MAX] = 0;
	memset(in.counts, 0xff, sizeof(in.counts));
	in.has_people = true;
	fill(&in.people, REACTORS_REGISTERS);
	struct tally_bytes b = encode(&in);
	cr_assert_eq(b.key_len, RECORD_KEY_MAX);
	cr_assert_eq(decode(&b, &out), 0);
	must_be_same(&in, &out);
}

Test(cluster_record, nothing_cut_short_or_longer_is_a_tally)
{
	struct record_tally in = new_tally(), out;

	in.has_people = true;
	fill(&in.people, 3);
	struct tally_bytes b = encode(&in);
	const size_t whole = b.len, key = b.key_len;
	for (b.len = 0; b.len < whole; b.len++)
		cr_assert_eq(decode(&b, &out), -EINVAL, "%zu", b.len);
	b.len = whole + 1;
	cr_assert_eq(decode(&b, &out), -EINVAL);
	b.len = whole;
	for (b.key_len = 0; b.key_len < key - strlen(in.source.node); b.key_len++)
		cr_assert_eq(decode(&b, &out), -EINVAL, "key %zu", b.key_len);
	cr_assert_eq(record_tally_decode(b.key, key, NULL, 0, &out), -EINVAL, "a tombstone");
	cr_assert_eq(record_tally_decode(NULL, 0, b.value, whole, &out), -EINVAL, "no key");
}

/* There is one way to write a tally, so that equal tallies are equal bytes. */
Test(cluster_record, tallies_out_of_order_or_with_impossible_registers_are_refused)
{
	struct record_tally in = new_tally(), out;
	struct tally_bytes good, b;

	in.has_people = true;
	fill(&in.people, 3);
	good = b = encode(&in);
	const size_t counts = 20, registers = counts + 2 * 9 + 2;
	b.value[counts] = 255; // the same reaction twice
	cr_assert_eq(decode(&b, &out), -EINVAL);
	b = good;
	memset(b.value + counts + 1, 0, 8);
	cr_assert_eq(decode(&b, &out), -EINVAL, "a count of 0");
	b = good;
	store_be16(b.value + registers, REACTORS_REGISTERS << 6 | 1);
	cr_assert_eq(decode(&b, &out), -EINVAL, "no such place");
	b = good;
	store_be16(b.value + registers, REACTORS_RANK_MAX + 1);
	cr_assert_eq(decode(&b, &out), -EINVAL, "no such rank");
	b = good;
	b.value[1] = 3;
	cr_assert_eq(decode(&b, &out), -EINVAL, "no such form");
	b = good;
	b.value[0]++;
	cr_assert_eq(decode(&b, &out), -EINVAL, "of a later version");
}

Test(cluster_record, keys_name_a_channel_an_arena_and_a_node_that_can_be_logged)
{
	struct record_tally in = new_tally(), out;
	struct tally_bytes good = encode(&in), b = good;

	store_be16(b.key + 2, RECORD_NO_CHANNEL);
	cr_assert_eq(decode(&b, &out), -EINVAL);
	b = good;
	memset(b.key + 4, 0, 8);
	cr_assert_eq(decode(&b, &out), -EINVAL, "no arena");
	for (unsigned c = 0; c < 256; c++) {
		b = good;
		b.key[16] = (uint8_t)c;
		bool plain = c < 128 && c > 0 &&
			     strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012345678"
				    "9._-",
				     (int)c) != NULL;
		cr_assert_eq(decode(&b, &out), plain ? 0 : -EINVAL, "byte %u", c);
	}
	cr_assert_not(record_node_valid("", 0));
	cr_assert_not(record_node_valid(
		"0123456789012345678901234567890123456789012345678901234567890123", 64));
}

static struct record_report new_report(void)
{
	return (struct record_report){.node = "a",
		.generation = 9,
		.window = 1,
		.ends = UINT64_MAX,
		.window_ms = 2000,
		.leaves = true};
}

Test(cluster_record, a_report_is_read_as_it_was_written)
{
	struct record_report in = new_report(), out;
	uint8_t key[RECORD_KEY_MAX], value[RECORD_REPORT_MAX];
	size_t key_len = record_report_key(&in, key), len = record_report_encode(&in, value);

	cr_assert_eq(record_kind_of(key, key_len), RECORD_REPORT);
	cr_assert_eq(record_report_decode(key, key_len, value, len, &out), 0);
	cr_assert_str_eq(out.node, in.node);
	cr_assert(out.leaves);
	cr_assert_eq(out.generation, in.generation);
	cr_assert_eq(out.window, in.window);
	cr_assert_eq(out.ends, in.ends);
	cr_assert_eq(out.window_ms, in.window_ms);
	for (size_t n = 0; n < len; n++)
		cr_assert_eq(record_report_decode(key, key_len, value, n, &out), -EINVAL);
	value[1] = 2;
	cr_assert_eq(record_report_decode(key, key_len, value, len, &out), -EINVAL, "flags");
	in.window_ms = 0;
	record_report_encode(&in, value);
	cr_assert_eq(record_report_decode(key, key_len, value, len, &out), -EINVAL, "no window");
}

/* A tally is none, and a report is no tally: a merger could divide by its window. */
Test(cluster_record, kinds_are_not_taken_for_each_other)
{
	struct record_report report = new_report();
	struct record_tally tally = new_tally();
	struct tally_bytes b = encode(&tally);
	uint8_t key[RECORD_KEY_MAX], value[RECORD_REPORT_MAX];
	size_t key_len = record_report_key(&report, key),
	       len = record_report_encode(&report, value);

	cr_assert_eq(record_tally_decode(key, key_len, b.value, b.len, &tally), -EINVAL);
	cr_assert_eq(record_report_decode(b.key, b.key_len, value, len, &report), -EINVAL);
	key[1] = 3;
	cr_assert_eq(record_kind_of(key, key_len), -EINVAL);
	cr_assert_eq(record_kind_of(key, 1), -EINVAL);
}

static const char json[] = "{\"channel\":7,\"emoji\":\"\xf0\x9f\x94\xa5\"}";

/* Every byte of the value lies in a block of its own, so that reading behind it is seen. */
struct frame_bytes {
	uint8_t key[RECORD_FRAME_KEY];
	uint8_t *value;
	size_t len;
};

static struct record_frame new_frame(const uint8_t *binary, size_t len)
{
	struct record_frame f = {.channel = 7,
		.open = true,
		.binary = binary,
		.binary_len = len,
		.json = json,
		.json_len = sizeof(json) - 1,
		.mood = {.usual = 1.5, .recent = 1e9, .windows = 12, .surge = true},
		.merged = {[3] = 10, [255] = UINT64_MAX},
		.retired = {[3] = 10},
		.n_sources = 2,
		.merger = "merge-1",
		.made = 1782465600123456789};

	f.sources[0] = (struct record_source){.node = "a", .generation = 1, .began = 2};
	f.sources[1] = (struct record_source){.node = "b", .generation = UINT64_MAX};
	return f;
}

static struct frame_bytes encode_frame(const struct record_frame *f)
{
	struct frame_bytes b = {.value = malloc(record_frame_size(f))};

	cr_assert_eq(record_frame_key(f->channel, b.key), sizeof(b.key));
	b.len = record_frame_encode(f, b.value);
	cr_assert_leq(b.len, record_frame_size(f));
	return b;
}

static int decode_frame(const struct frame_bytes *b, size_t len, struct record_frame *out)
{
	uint8_t *exact = malloc(len + 1);

	memcpy(exact, b->value, len < b->len ? len : b->len);
	int ret = record_frame_decode(b->key, sizeof(b->key), exact, len, out);
	if (ret == 0) {
		cr_assert_geq(out->binary, exact);
		out->binary = b->value + (out->binary - exact);
		out->json = (const char *)b->value + ((const uint8_t *)out->json - exact);
	}
	free(exact);
	return ret;
}

static size_t binary_of(uint16_t channel, uint8_t out[WIRE_FRAME_MAX])
{
	struct frame f = {.channel = channel, .window = 5, .n = 0};

	return frame_encode(&f, out);
}

Test(cluster_record, a_frame_and_the_state_behind_it_are_read_as_they_were_written)
{
	uint8_t binary[WIRE_FRAME_MAX];
	struct record_frame in = new_frame(binary, binary_of(7, binary)), out;
	struct frame_bytes b = encode_frame(&in);

	cr_assert_eq(decode_frame(&b, b.len, &out), 0);
	cr_assert_eq(out.channel, 7);
	cr_assert(out.open);
	cr_assert_eq(out.binary_len, in.binary_len);
	cr_assert_arr_eq(out.binary, binary, in.binary_len);
	cr_assert_eq(out.json_len, in.json_len);
	cr_assert_arr_eq(out.json, json, in.json_len);
	cr_assert_eq(out.mood.usual, in.mood.usual);
	cr_assert_eq(out.mood.recent, in.mood.recent);
	cr_assert_eq(out.mood.windows, in.mood.windows);
	cr_assert(out.mood.surge);
	cr_assert_arr_eq(out.merged, in.merged, sizeof(in.merged));
	cr_assert_arr_eq(out.retired, in.retired, sizeof(in.retired));
	cr_assert_eq(out.n_sources, 2);
	cr_assert_str_eq(out.sources[1].node, "b");
	cr_assert_eq(out.sources[1].generation, UINT64_MAX);
	cr_assert_eq(out.sources[0].began, 2);
	cr_assert_str_eq(out.merger, "merge-1");
	cr_assert_eq(out.made, in.made);
	free(b.value);
}

Test(cluster_record, nothing_cut_short_or_longer_is_a_frame)
{
	uint8_t binary[WIRE_FRAME_MAX];
	struct record_frame in = new_frame(binary, binary_of(7, binary)), out;
	struct frame_bytes b = encode_frame(&in);

	for (size_t n = 0; n < b.len; n++)
		cr_assert_eq(decode_frame(&b, n, &out), -EINVAL, "%zu", n);
	cr_assert_eq(decode_frame(&b, b.len + 1, &out), -EINVAL);
	cr_assert_eq(record_frame_decode(b.key, sizeof(b.key), NULL, 0, &out), -EINVAL);
	free(b.value);
}

static void must_be_refused(const struct record_frame *f, const char *why)
{
	struct frame_bytes b = encode_frame(f);
	struct record_frame out;

	cr_expect_eq(decode_frame(&b, b.len, &out), -EINVAL, "%s", why);
	free(b.value);
}

Test(cluster_record, a_frame_that_subscribers_could_not_read_is_refused)
{
	uint8_t binary[WIRE_FRAME_MAX], other[WIRE_FRAME_MAX];
	const struct record_frame good = new_frame(binary, binary_of(7, binary));
	struct record_frame f = good;

	f.binary_len--;
	must_be_refused(&f, "half a frame");
	f = good;
	f.binary_len = binary_of(8, other);
	f.binary = other;
	must_be_refused(&f, "a frame of another channel");
	f = good;
	f.json = "{\n}";
	f.json_len = 3;
	must_be_refused(&f, "two lines");
	f.json = "{\xff}";
	must_be_refused(&f, "no UTF-8");
	f.json = "[1]";
	must_be_refused(&f, "no object");
	f = good;
	f.binary_len = f.json_len = 0;
	must_be_refused(&f, "open without a frame");
	f.open = false;
	f.json_len = good.json_len;
	must_be_refused(&f, "one form alone");
	f = good;
	f.channel = RECORD_NO_CHANNEL;
	must_be_refused(&f, "no channel");
}

Test(cluster_record, state_alone_needs_no_frame)
{
	struct record_frame in = new_frame(NULL, 0), out;

	in.open = false;
	in.json_len = 0;
	struct frame_bytes b = encode_frame(&in);
	cr_assert_eq(record_frame_decode(b.key, sizeof(b.key), b.value, b.len, &out), 0);
	cr_assert_not(out.open);
	cr_assert_eq(out.binary_len + out.json_len, 0);
	free(b.value);
}

Test(cluster_record, state_that_no_merger_has_is_refused)
{
	uint8_t binary[WIRE_FRAME_MAX];
	const struct record_frame good = new_frame(binary, binary_of(7, binary));
	struct record_frame f = good;

	f.mood.usual = NAN;
	must_be_refused(&f, "not a number");
	f.mood.usual = INFINITY;
	must_be_refused(&f, "without end");
	f = good;
	f.mood.recent = -1;
	must_be_refused(&f, "less than nothing");
	f = good;
	f.retired[3]++;
	must_be_refused(&f, "more retired than merged");
	f = good;
	f.sources[1].generation = 0;
	must_be_refused(&f, "a source without an arena");
	f = good;
	strcpy(f.merger, "a b");
	must_be_refused(&f, "a name that is none");
}

Test(cluster_record, the_most_retired_sources_fit_and_no_more_are_read)
{
	uint8_t binary[WIRE_FRAME_MAX];
	struct record_frame in = new_frame(binary, binary_of(7, binary)), out;

	memset(in.merged, 0xff, sizeof(in.merged));
	memset(in.retired, 0xff, sizeof(in.retired));
	in.n_sources = RECORD_RETIRED_MAX;
	for (unsigned i = 0; i < RECORD_RETIRED_MAX; i++) {
		in.sources[i].generation = i + 1;
		memset(in.sources[i].node, 'n', RECORD_NODE_MAX);
	}
	struct frame_bytes b = encode_frame(&in);
	cr_assert_eq(decode_frame(&b, b.len, &out), 0);
	cr_assert_eq(out.n_sources, RECORD_RETIRED_MAX);
	b.value[30 + 1 + strlen(in.merger) + 2 + 256 * 17] = RECORD_RETIRED_MAX + 1;
	cr_assert_eq(decode_frame(&b, b.len, &out), -EINVAL);
	free(b.value);
}

Test(cluster_record, damaged_records_are_refused_or_read_and_never_more)
{
	struct seeded_random r = seeded_random_new("cluster_record");
	uint8_t binary[WIRE_FRAME_MAX];
	struct record_frame frame = new_frame(binary, binary_of(7, binary)), f;
	struct frame_bytes b = encode_frame(&frame);
	struct record_tally tally = new_tally(), t;

	tally.has_people = true;
	fill(&tally.people, 20);
	const struct tally_bytes good = encode(&tally);
	for (unsigned i = 0; i < 100000; i++) {
		struct tally_bytes bad = good;
		size_t at = random_below(&r, (uint32_t)b.len);
		uint8_t was = b.value[at];

		bad.value[random_below(&r, (uint32_t)good.len)] = (uint8_t)random_next(&r);
		bad.key[random_below(&r, (uint32_t)good.key_len)] = (uint8_t)random_next(&r);
		if (decode(&bad, &t) == 0)
			cr_assert_eq(encode(&t).len, good.len);
		b.value[at] = (uint8_t)random_next(&r);
		if (decode_frame(&b, b.len, &f) == 0)
			cr_assert_leq(f.n_sources, RECORD_RETIRED_MAX);
		b.value[at] = was;
	}
	free(b.value);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The JSON form of a frame: the line of docs/protocol.md, and any frame read back field by field.
 */

#include "wire_random_frame.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <time.h>

enum { ROOM = 8192 };

static const char *const labels[WIRE_REACTIONS_MAX] = {
	[3] = "\"name\":\"clap\",\"emoji\":\"👏\"",
	[7] = "\"name\":\"fire\",\"emoji\":\"🔥\"",
};

static const struct frame example = {.channel = 1,
	.window = 412,
	.ends = 1781463802000,
	.length = 2000,
	.taps = 3,
	.total = 90210,
	.reactors = 2,
	.score = 3100,
	.intensity = 1040,
	.n = 2,
	.entries = {{7, 6667, 2}, {3, 3333, 1}}};

static const char golden[] =
	"{\"channel\":1,\"window\":412,\"ends\":\"2026-06-14T19:03:22.000Z\",\"length\":2000,"
	"\"taps\":3,\"total\":90210,\"reactors\":2,\"score\":0.31,\"intensity\":1.04,"
	"\"surge\":false,\"closed\":false,\"entries\":["
	"{\"reaction\":7,\"name\":\"fire\",\"emoji\":\"🔥\",\"count\":2,\"share\":0.6667},"
	"{\"reaction\":3,\"name\":\"clap\",\"emoji\":\"👏\",\"count\":1,\"share\":0.3333}]}";

Test(wire_frame_json, the_example_of_the_protocol_comes_out_byte_by_byte)
{
	char out[ROOM];
	size_t len = frame_encode_json(&example, labels, out, sizeof(out));

	cr_assert_str_eq(out, golden);
	cr_assert_eq(len, strlen(golden));
}

Test(wire_frame_json, a_line_that_does_not_fit_is_not_begun)
{
	char out[ROOM];
	size_t need = strlen(golden) + 1;

	cr_expect_eq(frame_encode_json(&example, labels, out, need), need - 1);
	for (size_t cap = 0; cap < need; cap++) {
		out[cap] = '~';
		cr_expect_eq(frame_encode_json(&example, labels, out, cap), 0, "%zu bytes", cap);
		cr_expect_eq(out[cap], '~', "a byte behind the %zu was written", cap);
	}
}

Test(wire_frame_json, fractions_have_a_sign_and_no_trailing_zeros)
{
	static const struct {
		int16_t score;
		const char *text;
	} rows[] = {{0, "\"score\":0,"}, {1, "\"score\":0.0001,"}, {-1, "\"score\":-0.0001,"},
		{-3100, "\"score\":-0.31,"}, {10000, "\"score\":1,"}, {-10000, "\"score\":-1,"},
		{5000, "\"score\":0.5,"}, {-1010, "\"score\":-0.101,"},
		{9999, "\"score\":0.9999,"}};
	static const struct {
		uint16_t intensity;
		const char *text;
	} more[] = {{0, "\"intensity\":0,"}, {1, "\"intensity\":0.001,"},
		{1000, "\"intensity\":1,"}, {10050, "\"intensity\":10.05,"},
		{65535, "\"intensity\":65.535,"}};
	char out[ROOM];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct frame f = {.score = rows[i].score};

		frame_encode_json(&f, labels, out, sizeof(out));
		cr_expect_neq(strstr(out, rows[i].text), NULL, "%s in %s", rows[i].text, out);
	}
	for (unsigned i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		struct frame f = {.intensity = more[i].intensity};

		frame_encode_json(&f, labels, out, sizeof(out));
		cr_expect_neq(strstr(out, more[i].text), NULL, "%s in %s", more[i].text, out);
	}
}

static json_int_t whole(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	cr_assert(json_is_integer(value), "%s is a whole number", name);
	return json_integer_value(value);
}

/* A fraction of the wire's unit, back in that unit. */
static long scaled(const json_t *object, const char *name, int one)
{
	const json_t *value = json_object_get(object, name);

	cr_assert(json_is_number(value), "%s is a number", name);
	return lround(json_number_value(value) * one);
}

static uint64_t milliseconds(const char *text)
{
	struct tm tm = {0};
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	unsigned ms = 0;

	cr_assert_neq(rest, NULL, "%s", text);
	cr_assert_eq(sscanf(rest, ".%3uZ", &ms), 1, "%s", text);
	cr_assert_eq(strlen(rest), 5, "%s", text);
	return (uint64_t)timegm(&tm) * 1000 + ms;
}

static void expect_entry(const json_t *e, const struct frame_entry *in)
{
	cr_expect_eq(whole(e, "reaction"), in->reaction);
	cr_expect_eq(whole(e, "count"), in->count);
	cr_expect_eq(scaled(e, "share", 10000), in->share);
	if (labels[in->reaction] == NULL) {
		cr_expect_eq(json_object_get(e, "name"), NULL);
		cr_expect_eq(json_object_get(e, "emoji"), NULL);
	} else {
		const char *name = json_string_value(json_object_get(e, "name"));
		cr_expect_str_eq(name, in->reaction == 7 ? "fire" : "clap");
	}
}

static void expect_frame(const json_t *o, const struct frame *f)
{
	const json_t *entries = json_object_get(o, "entries");

	cr_expect_eq(json_object_size(o), 12);
	cr_expect_eq(whole(o, "channel"), f->channel);
	cr_expect_eq(whole(o, "window"), f->window);
	cr_expect_eq(milliseconds(json_string_value(json_object_get(o, "ends"))), f->ends);
	cr_expect_eq(whole(o, "length"), f->length);
	cr_expect_eq(whole(o, "taps"), f->taps);
	cr_expect_eq((uint64_t)whole(o, "total"), f->total);
	cr_expect_eq(whole(o, "reactors"), f->reactors);
	cr_expect_eq(scaled(o, "score", 10000), f->score);
	cr_expect_eq(scaled(o, "intensity", 1000), f->intensity);
	cr_expect_eq(json_is_true(json_object_get(o, "surge")), (f->flags & FRAME_SURGE) != 0);
	cr_expect_eq(json_is_true(json_object_get(o, "closed")), (f->flags & FRAME_CLOSED) != 0);
	cr_assert_eq(json_array_size(entries), f->n);
	for (unsigned i = 0; i < f->n; i++)
		expect_entry(json_array_get(entries, i), &f->entries[i]);
}

Test(wire_frame_json, a_json_parser_reads_every_frame_back)
{
	struct seeded_random r = seeded_random_new("wire_frame_json");

	for (unsigned i = 0; i < 3000; i++) {
		struct frame f = random_frame(&r);
		char out[ROOM];
		size_t len = frame_encode_json(&f, labels, out, sizeof(out));
		json_error_t error;

		cr_assert_gt(len, 0);
		cr_assert_eq(memchr(out, '\n', len), NULL, "one line");
		json_t *o = json_loadb(out, len, JSON_REJECT_DUPLICATES, &error);
		cr_assert_neq(o, NULL, "%s: %s", error.text, out);
		expect_frame(o, &f);
		json_decref(o);
	}
}

Test(wire_frame_json, any_time_on_the_wire_can_be_written)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} rows[] = {{0, "1970-01-01T00:00:00.000Z"}, {1, "1970-01-01T00:00:00.001Z"},
		{951782399999, "2000-02-28T23:59:59.999Z"},
		{951782400000, "2000-02-29T00:00:00.000Z"},
		{4102444800000, "2100-01-01T00:00:00.000Z"}};
	char out[WIRE_TIME_LEN];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wire_time(rows[i].ms, out);
		cr_expect_str_eq(out, rows[i].text);
	}
	wire_time(UINT64_MAX, out);
	cr_expect_lt(strlen(out), WIRE_TIME_LEN);
}

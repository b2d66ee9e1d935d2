/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What becomes of frames that come out of a cluster: subscribers and the board get them, and
 * /healthz and the statistics tell how old they are.
 */

#include "control/cluster_frames.h"
#include "control/cluster_health.h"
#include "control/cluster_json.h"
#include "control/window_clock.h"
#include "store_rig.h"
#include "wire/frame.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 4, SAID_MAX = 1024 };

static struct store_rig rig;
static struct cluster_frames *frames;
static struct follower_sink sink;
static char said[SAID_MAX]; // to the fan-out, in this order
static uint64_t flushed_window;
static char health[512], late_health[512]; // in time, and behind it
static uint64_t health_until;
static struct follower_status follower;
static struct merger_status merger;

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	size_t len = strlen(said);
	va_list args;

	va_start(args, format);
	vsnprintf(said + len, sizeof(said) - len, format, args);
	va_end(args);
}

static void expect_said(const char *wanted)
{
	cr_expect_str_eq(said, wanted);
	said[0] = '\0';
}

/* In place of the fan-out and of the cluster. */
void __wrap_fanout_open_channel(struct fanout *f, uint16_t channel);
void __wrap_fanout_open_channel(struct fanout *f, uint16_t channel)
{
	say("open %u;", channel);
}

void __wrap_fanout_close_channel(struct fanout *f, uint16_t channel);
void __wrap_fanout_close_channel(struct fanout *f, uint16_t channel)
{
	say("close %u;", channel);
}

void __wrap_fanout_publish(struct fanout *f, const struct fanout_frame *frame);
void __wrap_fanout_publish(struct fanout *f, const struct fanout_frame *frame)
{
	say("frame %u of %u %.*s;", frame->window, frame->channel, (int)frame->json_len,
		frame->json);
}

void __wrap_fanout_flush(struct fanout *f);
void __wrap_fanout_flush(struct fanout *f)
{
	say("flush;");
}

void __wrap_fanout_flush_window(struct fanout *f, uint64_t ended);
void __wrap_fanout_flush_window(struct fanout *f, uint64_t ended)
{
	flushed_window = ended;
	say("flush window;");
}

void __wrap_fanout_admit(struct fanout *f);
void __wrap_fanout_admit(struct fanout *f)
{
	say("admit;");
}

int __wrap_fanout_catalogue(struct fanout *f, const char *json, size_t len);
int __wrap_fanout_catalogue(struct fanout *f, const char *json, size_t len)
{
	say("catalogue %.*s;", (int)len, json);
	return 0;
}

int __wrap_fanout_document_until(struct fanout *f, const char *path, const char *content_type,
	const char *text, uint64_t until, const char *late);
int __wrap_fanout_document_until(struct fanout *f, const char *path, const char *content_type,
	const char *text, uint64_t until, const char *late)
{
	cr_expect_str_eq(path, "/healthz");
	snprintf(health, sizeof(health), "%s", text);
	snprintf(late_health, sizeof(late_health), "%s", late);
	health_until = until;
	return 0;
}

struct cluster_status __wrap_cluster_read_status(struct cluster *c);
struct cluster_status __wrap_cluster_read_status(struct cluster *c)
{
	return (struct cluster_status){.follower = &follower, .merger = &merger};
}

static void begin(void)
{
	store_rig_init(&rig, 1, CHANNELS, 2);
	store_rig_open(&rig);
	frames = cluster_frames_make(NULL, &rig.store);
	cr_assert_not_null(frames);
	sink = cluster_frames_sink(frames);
}

static void end(void)
{
	free(frames);
	store_rig_remove(&rig);
}

TestSuite(control_cluster_frames, .init = begin, .fini = end);
TestSuite(control_cluster_health);

/* binary: without it, only state. */
static void take(unsigned channel, unsigned window, bool open, bool binary)
{
	uint8_t bytes[WIRE_FRAME_MAX];
	struct frame f = {.channel = (uint16_t)channel, .window = window};
	struct record_frame record = {.channel = (uint16_t)channel, .open = open};

	if (binary) {
		record.binary = bytes;
		record.binary_len = frame_encode(&f, bytes);
		record.json = "{}";
		record.json_len = 2;
	}
	sink.frame(sink.context, &record);
}

static unsigned window_on_board(unsigned row)
{
	uint8_t bytes[WIRE_FRAME_MAX];
	struct board_frame got = board_read(&rig.store.board[row], bytes, sizeof(bytes));
	struct frame f;

	return got.length > 0 && frame_decode(bytes, got.length, &f) == 0 ? f.window : 0;
}

Test(control_cluster_frames, a_channel_is_opened_by_its_first_frame_and_closed_behind_its_last)
{
	take(9, 1, true, true);
	take(9, 2, true, true);
	expect_said("open 9;frame 1 of 9 {};frame 2 of 9 {};");
	take(9, 3, false, true);
	expect_said("frame 3 of 9 {};close 9;");
	take(9, 4, true, true);
	expect_said("open 9;frame 4 of 9 {};");
}

Test(control_cluster_frames, channels_that_were_closed_before_we_came_are_not_shown)
{
	take(9, 3, false, true);
	take(8, 0, false, false);
	expect_said("");
}

Test(control_cluster_frames, a_channel_whose_record_was_deleted_ends_without_a_frame)
{
	take(9, 1, true, true);
	take(9, 0, false, false);
	expect_said("open 9;frame 1 of 9 {};close 9;");
}

Test(control_cluster_frames, the_board_gets_the_frames_of_its_rows_also_of_later_ones)
{
	cr_assert_eq(store_open_row(&rig.store, 7), 0);
	take(7, 5, true, true);
	take(9, 6, true, true);
	cr_expect_eq(window_on_board(0), 5);
	cr_assert_eq(store_open_row(&rig.store, 9), 1);
	cr_expect_eq(window_on_board(1), 0, "no frame has come since it has a row");
	take(9, 8, true, true);
	cr_expect_eq(window_on_board(0), 5);
	cr_expect_eq(window_on_board(1), 8);
}

Test(control_cluster_frames, the_catalogue_is_the_cluster_s)
{
	sink.catalogue(sink.context, "{\"a\":1}", 7);
	expect_said("catalogue {\"a\":1};");
}

Test(control_cluster_frames, delivery_is_measured_from_the_end_of_the_window_unless_it_is_old)
{
	struct window_now now = window_clock_read();

	sink.flush(sink.context, now.wall / 1000000 - 1500);
	expect_said("flush window;");
	cr_expect_geq(flushed_window, now.monotonic - 1501000000);
	cr_expect_leq(flushed_window, window_clock_read().monotonic - 1499000000);
	sink.flush(sink.context, now.wall / 1000000 - 3600000);
	expect_said("flush;");
	sink.flush(sink.context, 0);
	expect_said("flush;");
}

Test(control_cluster_frames, subscribers_are_let_in_once_all_frames_are_here)
{
	follower.caught_up = false;
	cluster_frames_turn(frames, NULL);
	expect_said("");
	follower.caught_up = true;
	follower.channels = 1;
	cluster_frames_turn(frames, NULL);
	expect_said("admit;");
	cluster_frames_turn(frames, NULL);
	expect_said("");
}

Test(control_cluster_frames, in_a_new_cluster_they_wait_for_all_partitions)
{
	uint64_t patience_ms = frames->patience_ms;

	follower.caught_up = true;
	follower.channels = 0;
	cluster_frames_turn(frames, NULL);
	follower.channels = 1;
	cluster_frames_turn(frames, NULL);
	expect_said("");
	cr_expect_lt(frames->patience_ms, patience_ms, "not as long as for the first frame");
	frames->patience_ms = 1;
	cluster_frames_turn(frames, NULL);
	expect_said("admit;");
}

Test(control_cluster_frames, subscribers_are_let_in_also_when_brokers_stay_away)
{
	follower.caught_up = false;
	frames->patience_ms = 0;
	cluster_frames_turn(frames, NULL);
	expect_said("admit;");
}

static const struct config config = {.window_ms = 2000};

/* How long it says that all is well from now on, in milliseconds. */
static int64_t turn(struct cluster_health *h)
{
	health[0] = '\0';
	cluster_health_turn(h, NULL, NULL, &config);
	return (int64_t)(health_until - window_clock_read().monotonic / 1000000);
}

static json_t *said_health(const char *member)
{
	json_t *root = json_loads(health, 0, NULL), *value = json_object_get(root, member);

	json_incref(value);
	json_decref(root);
	return value;
}

Test(control_cluster_health, a_node_without_frames_is_well_for_as_long_as_an_appliance)
{
	struct cluster_health h = {.started_ms = window_clock_read().wall / 1000000};
	int64_t ms = turn(&h);

	cr_expect(ms > 6500 && ms <= 7000, "%ld", (long)ms);
	json_t *age = said_health("frame_age");
	cr_expect(json_is_null(age));
	json_decref(age);
}

Test(control_cluster_health, it_is_unwell_when_the_newest_frame_is_three_windows_old)
{
	struct cluster_health h = {0};

	follower.window = 77;
	follower.ends = window_clock_read().wall / 1000000 - 5000;
	int64_t ms = turn(&h);
	cr_expect(ms > 1500 && ms <= 2000, "%ld", (long)ms);
	json_t *age = said_health("frame_age");
	cr_expect(json_real_value(age) >= 5 && json_real_value(age) < 6);
	json_decref(age);
	follower.window = 78;
	follower.ends -= 60000;
	cr_expect_lt(turn(&h), 0);
}

Test(control_cluster_health, it_says_ok_only_as_long_as_it_is)
{
	struct cluster_health h = {0};

	follower.window = 77;
	turn(&h);
	cr_expect_neq(strstr(health, "{\"status\":\"ok\","), NULL, "%s", health);
	cr_expect_neq(strstr(late_health, "{\"status\":\"stale\","), NULL, "%s", late_health);
	cr_expect_str_eq(strchr(late_health, ','), strchr(health, ','), "the rest is the same");
}

Test(control_cluster_health, it_is_renewed_each_second_and_with_each_window)
{
	struct cluster_health h = {0};

	follower.window = 1;
	turn(&h);
	cr_expect_str_neq(health, "");
	turn(&h);
	cr_expect_str_eq(health, "", "nothing is new");
	follower.window = 2;
	turn(&h);
	cr_expect_str_neq(health, "");
	h.next_ms = 0;
	turn(&h);
	cr_expect_str_neq(health, "", "a second has passed");
}

Test(control_cluster_health, strangers_hear_that_there_is_a_complaint_and_not_which)
{
	struct cluster_health h = {0};

	strcpy(merger.complaint, "kafka-7.internal refuses us");
	turn(&h);
	json_t *complaint = said_health("complaint");
	cr_expect(json_is_true(complaint));
	json_decref(complaint);
	cr_expect_null(strstr(health, "internal"));
}

Test(control_cluster_json, parts_that_a_node_has_not_are_null_and_nodes_are_named)
{
	static const struct config named = {.cluster = {.node = "here"}};
	uint64_t now_ms = window_clock_read().wall / 1000000;

	merger.n_nodes = 1;
	merger.nodes[0] = (struct partition_node){.name = "ing-1",
		.generation = 0xabc,
		.ends = now_ms - 2500,
		.late = 3,
		.live = true};
	strcpy(merger.complaint, "\"quoted\"");
	json_t *o = cluster_json((struct cluster *)&merger, &named);
	cr_assert_not_null(o);
	cr_expect_str_eq(json_string_value(json_object_get(o, "node")), "here");
	cr_expect(json_is_null(json_object_get(o, "publisher")));
	const json_t *m = json_object_get(o, "merger");
	cr_expect_str_eq(json_string_value(json_object_get(m, "complaint")), "\"quoted\"");
	const json_t *node = json_array_get(json_object_get(m, "nodes"), 0);
	cr_expect_str_eq(json_string_value(json_object_get(node, "node")), "ing-1");
	cr_expect_str_eq(
		json_string_value(json_object_get(node, "generation")), "0000000000000abc");
	cr_expect_float_eq(json_real_value(json_object_get(node, "age_s")), 2.5, 0.5);
	cr_expect(json_is_true(json_object_get(node, "live")));
	const json_t *f = json_object_get(o, "follower");
	cr_expect(json_is_null(json_object_get(f, "frame_age_s")), "none has come yet");
	json_decref(o);
}

Test(control_cluster_json, without_a_cluster_it_is_null)
{
	json_t *o = cluster_json(NULL, &config);

	cr_expect(json_is_null(o));
	json_decref(o);
}

Test(control_cluster_json, roles_have_the_names_of_the_configuration)
{
	json_t *roles = roles_json(ROLE_MERGE | ROLE_FANOUT);

	cr_assert_eq(json_array_size(roles), 2);
	cr_expect_str_eq(json_string_value(json_array_get(roles, 0)), "merge");
	cr_expect_str_eq(json_string_value(json_array_get(roles, 1)), "fanout");
	json_decref(roles);
}

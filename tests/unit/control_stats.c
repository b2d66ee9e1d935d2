/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What `uproar stats` is answered: one JSON object with everything in it.
 */

#include "control/appliance.h"
#include "control/ledger.h"
#include "control/stats_json.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In place of the dataplane and the fan-out; the other half is in control_ledger.c. */
unsigned __wrap_dataplane_worker_core(const struct dataplane *d, unsigned worker);
unsigned __wrap_dataplane_worker_core(const struct dataplane *d, unsigned worker)
{
	return 10 + worker;
}

struct dataplane_queue __wrap_dataplane_worker_queue(const struct dataplane *d, unsigned worker);
struct dataplane_queue __wrap_dataplane_worker_queue(const struct dataplane *d, unsigned worker)
{
	return (struct dataplane_queue){.port = worker / 2, .queue = worker % 2};
}

const char *__wrap_dataplane_why_this_device(const struct dataplane *d);
const char *__wrap_dataplane_why_this_device(const struct dataplane *d)
{
	return "a \"reason\"\\";
}

void __wrap_fanout_read_stats(const struct fanout *f, struct fanout_stats *out);
void __wrap_fanout_read_stats(const struct fanout *f, struct fanout_stats *out)
{
	*out = (struct fanout_stats){
		.tcp = 3, .frames_sent = 1ull << 40, .refusals = {[FANOUT_REFUSED_source] = 7}};
}

void __wrap_fanout_read_delivery(const struct fanout *f, struct fanout_delivery *out);
void __wrap_fanout_read_delivery(const struct fanout *f, struct fanout_delivery *out)
{
	*out = (struct fanout_delivery){0};
	histogram_add(&out->first, 90000);
	histogram_add(&out->last, 4000000);
	histogram_add(&out->last, 6000000);
}

static const double weights[WIRE_REACTIONS_MAX];
static const struct mood_rules rules = {.weights = weights, .half_life_s = 60};
static struct store_rig rig;
static struct appliance appliance;

static json_t *read_stats(void)
{
	char *text = stats_json(&appliance);

	cr_assert_neq(text, NULL);
	cr_expect_eq(strchr(text, '\n'), NULL, "one line");
	json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_neq(o, NULL, "%s", text);
	free(text);
	return o;
}

static void set_up(void)
{
	static char name[] = "nine";
	static unsigned parent = 7;
	static struct config_channel channels[] = {{.id = 9, .name = name, .parent = &parent}};

	store_rig_init(&rig, 2, 4, 8);
	rig.config.channels = channels;
	rig.config.n_channels = 1;
	rig.config.window_ms = 2000;
	store_rig_open(&rig);
	store_open_row(&rig.store, 9);
	appliance.config = &rig.config;
	appliance.store = rig.store;
	cr_assert_eq(windows_init(&appliance.windows, rules, &appliance.store), 0);
	windows_set_parents(&appliance.windows, channels, 1);
}

static void tear_down(void)
{
	windows_free(&appliance.windows);
	store_rig_remove(&rig);
}

TestSuite(control_stats, .init = set_up, .fini = tear_down);

static json_int_t whole(const json_t *o, const char *group, const char *name)
{
	const json_t *value = json_object_get(json_object_get(o, group), name);

	cr_assert(json_is_integer(value), "%s.%s", group, name);
	return json_integer_value(value);
}

Test(control_stats, what_was_counted_is_told)
{
	struct worker_stats *s = &rig.store.blocks[1].stats;

	windows_close(&appliance.windows,
		(struct window_span){.ends_ms = 1, .length_ms = 6000, .late_ns = 90000});
	store_row_tallies(&rig.store, 1, 0)[3] = 5;
	*s = (struct worker_stats){
		.rx = 3, .accepted = 2, .batches = 2, .batches_counted = 2, .taps_counted = 5};
	s->refused[REFUSED_body] = 1;
	s->answers_sent = 4;
	s->answers_with_frame = 3;
	s->answers_unfit = 2;
	json_t *o = read_stats();
	cr_expect(json_is_true(json_object_get(json_object_get(o, "ledger"), "balanced")));
	cr_expect_eq(whole(o, "ledger", "rx"), 3);
	cr_expect_eq(whole(o, "ledger", "accepted"), 2);
	cr_expect_eq(whole(o, "ledger", "refused"), 1);
	cr_expect_eq(whole(o, "ledger", "taps_not_yet_merged"), 5);
	cr_expect_eq(whole(o, "refused", "body"), 1);
	cr_expect_eq(whole(o, "answers", "sent"), 4);
	cr_expect_eq(whole(o, "answers", "with_frame"), 3);
	cr_expect_eq(whole(o, "answers", "unfit"), 2);
	cr_expect_eq(whole(o, "answers", "limited"), 0);
	cr_expect_eq(whole(o, "answers", "dropped"), 0);
	cr_expect_eq(whole(o, "fanout", "tcp"), 3);
	cr_expect_eq(whole(o, "fanout", "frames_sent"), 1ll << 40);
	const json_t *delivery = json_object_get(o, "delivery");
	cr_expect_eq(whole(delivery, "first_us", "newest"), 90);
	cr_expect_eq(whole(delivery, "last_us", "windows"), 2);
	cr_expect_eq(whole(delivery, "last_us", "mean"), 5000);
	cr_expect_eq(whole(delivery, "last_us", "p99"), 7500);
	cr_expect_eq(whole(delivery, "median_us", "p50"), 0);
	const json_t *window = json_object_get(o, "window");
	cr_expect_eq(whole(window, "late_us", "windows"), 1);
	cr_expect_eq(whole(window, "late_us", "newest"), 90);
	cr_expect_eq(whole(o, "window", "last_length_ms"), 6000);
	cr_expect_eq(json_integer_value(json_object_get(
			     json_object_get(json_object_get(o, "fanout"), "refusals"), "source")),
		7);
	cr_expect_eq(json_array_size(json_object_get(o, "workers")), 2);
	const json_t *channel = json_array_get(json_object_get(o, "channels"), 0);
	cr_expect_str_eq(json_string_value(json_object_get(channel, "name")), "nine");
	cr_expect_eq(json_integer_value(json_object_get(channel, "parent")), 7);
	cr_expect_str_eq(
		json_string_value(json_object_get(o, "why_this_device")), "a \"reason\"\\");
	json_decref(o);
}

Test(control_stats, the_journal_is_told_if_there_is_one)
{
	char path[96];

	json_t *o = read_stats();
	cr_expect(json_is_null(json_object_get(o, "journal")));
	json_decref(o);
	snprintf(path, sizeof(path), "%s-journal.db", rig.folder);
	rig.config.journal.file = path;
	cr_assert_eq(journal_open(&appliance.journal, &rig.config, &appliance.store, rig.error,
			     sizeof(rig.error)),
		0, "%s", rig.error);
	cr_assert_eq(journal_start(appliance.journal, rig.error, sizeof(rig.error)), 0);
	rig.config.journal.file = NULL; // read again: it takes effect at a restart
	store_row_tallies(&rig.store, 1, 0)[3] = 5;
	windows_close(&appliance.windows, (struct window_span){.ends_ms = 7000, .length_ms = 500});
	o = read_stats();
	cr_expect_str_eq(
		json_string_value(json_object_get(json_object_get(o, "journal"), "file")), path);
	cr_expect_eq(whole(o, "journal", "lag_windows"), whole(o, "window", "number"));
	cr_expect_eq(whole(o, "journal", "lag_ms"), 7000);
	cr_expect_eq(whole(o, "journal", "errors"), 0);
	json_decref(o);
	journal_close(appliance.journal, &appliance.windows, true);
	appliance.journal = NULL;
	unlink(path);
}

Test(control_stats, what_became_of_batches_and_sessions_is_told)
{
	rig.store.blocks[0].stats = (struct worker_stats){.batches_duplicate = 1,
		.batches_stale = 20,
		.batches_limited = 300,
		.taps_limited = 4000,
		.taps_in_doubt = 50000,
		.taps_recovered = 600000,
		.sessions_begun = 7000000,
		.sessions_displaced = 80000000};
	rig.store.blocks[1].stats = rig.store.blocks[0].stats;
	json_t *o = read_stats();
	cr_expect_eq(whole(o, "ledger", "batches_duplicate"), 2);
	cr_expect_eq(whole(o, "ledger", "batches_stale"), 40);
	cr_expect_eq(whole(o, "ledger", "batches_limited"), 600);
	cr_expect_eq(whole(o, "ledger", "taps_limited"), 8000);
	cr_expect_eq(whole(o, "ledger", "taps_in_doubt"), 100000);
	cr_expect_eq(whole(o, "ledger", "taps_recovered"), 1200000);
	cr_expect_eq(whole(o, "ledger", "sessions_begun"), 14000000);
	cr_expect_eq(whole(o, "ledger", "sessions_displaced"), 160000000);
	json_decref(o);
}

static double real(const json_t *o, const char *name)
{
	const json_t *value = json_object_get(o, name);

	cr_assert(json_is_real(value), "%s", name);
	return json_real_value(value);
}

Test(control_stats, what_a_worker_had_to_do_is_told)
{
	struct worker_block *b = &rig.store.blocks[1];

	workload_init(&appliance.workload, &appliance.store, NULL);
	b->stats.rx = b->stats.accepted = 300;
	b->stats.bursts = 20;
	b->load = (struct worker_load){
		.ticks_all = 48000, .ticks_busy = 12000, .naps = 7, .busy_permille = 333};
	workload_update(&appliance.workload, &appliance.store);
	json_t *o = read_stats();
	const json_t *workers = json_object_get(o, "workers");
	const json_t *idle = json_array_get(workers, 0), *busy = json_array_get(workers, 1);
	cr_expect_eq(json_integer_value(json_object_get(busy, "port")), 0);
	cr_expect_eq(json_integer_value(json_object_get(busy, "queue")), 1);
	cr_expect_eq(json_integer_value(json_object_get(busy, "naps")), 7);
	cr_expect_eq(json_integer_value(json_object_get(busy, "window_rx")), 300);
	cr_expect_float_eq(real(busy, "busy_now_percent"), 33.3, 1e-6);
	cr_expect_float_eq(real(busy, "busy_percent"), 25, 1e-6);
	cr_expect_float_eq(real(busy, "share_percent"), 100, 1e-6);
	cr_expect_float_eq(real(busy, "ticks_per_datagram"), 40, 1e-6);
	cr_expect_float_eq(real(busy, "mean_burst"), 15, 1e-6);
	cr_expect(json_is_null(json_object_get(idle, "ticks_per_datagram")));
	cr_expect(json_is_null(json_object_get(idle, "busy_percent")));
	json_decref(o);
}

Test(control_stats, every_refusal_is_in_it_by_its_name)
{
	json_t *o = read_stats();

	cr_expect_eq(json_object_size(json_object_get(o, "refused")), REFUSALS - 1);
	for (unsigned r = REFUSED_none + 1; r < REFUSALS; r++)
		cr_expect_eq(whole(o, "refused", refusal_name((enum refusal)r)), 0);
	json_decref(o);
}

Test(control_stats, a_ledger_that_does_not_balance_is_false)
{
	rig.store.blocks[0].stats.rx = 1;
	json_t *o = read_stats();
	const json_t *ledger = json_object_get(o, "ledger");

	cr_expect(json_is_false(json_object_get(ledger, "balanced")));
	cr_expect_eq(json_array_size(json_object_get(ledger, "identities")), LEDGER_IDENTITIES);
	json_decref(o);
}

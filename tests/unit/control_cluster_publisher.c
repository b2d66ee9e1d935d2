/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What an ingest node counts comes to the brokers, and through any failure of theirs, of the topics
 * or of the producer the newest state follows. The brokers are librdkafka's own for tests, which
 * know no settings of topics: what the check of those says is played here.
 */

#include "control/cluster/publisher_state.h"
#include "control/windows.h"
#include "dataplane/moved.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <librdkafka/rdkafka_mock.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { CHANNELS = 6, STRIDE = 8, PARTITIONS = 4, PATIENCE_MS = 20000, PRODUCE = 0 };

/* What lies in the topic, in its order. */
struct read_back {
	unsigned wrong_windows; // tallies of channel 0 that have other taps than when it was closed
	unsigned tallies, reports, malformed;
	unsigned tallies_of[CHANNELS];
	struct record_tally newest[CHANNELS];
	struct record_report report[PARTITIONS]; // the newest
	bool report_is_last[PARTITIONS];
};

static struct store_rig rig;
static struct windows windows;
static struct config config;
static struct publisher *publisher;
static rd_kafka_t *brokers;
static rd_kafka_mock_cluster_t *cluster;
static char servers[128];
static struct config_kafka_option options[4];
static uint64_t window_ms = 1000;
static uint64_t first_number, at_window[64]; // what channel 0 had in all
static int wake;
static enum topic_state topics;
static unsigned answers, hurried;

int fake_check; // its address stands for a check
struct topic_check *__wrap_topic_check_open(
	rd_kafka_t *rk, const struct config_cluster *of, unsigned which, int fd);
void __wrap_topic_check_close(struct topic_check *t);
unsigned __wrap_topic_check_answers(struct topic_check *t);
void __wrap_topic_check_hurry(struct topic_check *t);
enum topic_state __wrap_topic_check_serve(struct topic_check *t, char sentence[KAFKA_SENTENCE_MAX]);

struct topic_check *__wrap_topic_check_open(
	rd_kafka_t *rk, const struct config_cluster *of, unsigned which, int fd)
{
	return (struct topic_check *)&fake_check;
}

void __wrap_topic_check_close(struct topic_check *t)
{
	cr_expect_eq((void *)t, (void *)&fake_check);
}

unsigned __wrap_topic_check_answers(struct topic_check *t)
{
	return answers;
}

void __wrap_topic_check_hurry(struct topic_check *t)
{
	hurried++;
}

enum topic_state __wrap_topic_check_serve(struct topic_check *t, char sentence[KAFKA_SENTENCE_MAX])
{
	strcpy(sentence, topics == TOPICS_WRONG ? "wrong topics" : "");
	return topics;
}

static const struct mood_rules rules = {.weights = (const double[WIRE_REACTIONS_MAX]){0},
	.half_life_s = 60,
	.surge_begins = 3,
	.surge_ends = 1.5};

static void start_brokers(void)
{
	char error[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	brokers = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
	cr_assert_not_null(brokers, "%s", error);
	cluster = rd_kafka_mock_cluster_new(brokers, 1);
	cr_assert_eq(rd_kafka_mock_topic_create(cluster, "tallies", PARTITIONS, 1), 0);
	snprintf(servers, sizeof(servers), "%s", rd_kafka_mock_cluster_bootstraps(cluster));
}

static void begin(void)
{
	char error[512] = "";

	windows_init(&windows, rules, &rig.store);
	cr_assert_eq(windows_keep_people(&windows), 0);
	cr_assert_eq(publisher_open(&publisher, &config, &windows, wake, error, sizeof(error)), 0,
		"%s", error);
}

static void end(bool orderly)
{
	publisher_close(publisher, &windows, orderly);
	windows_free(&windows);
}

static void set_up(void)
{
	store_rig_init(&rig, 2, CHANNELS, STRIDE);
	store_rig_open(&rig);
	for (uint16_t channel = 0; channel < CHANNELS; channel++)
		store_open_row(&rig.store, channel);
	start_brokers();
	wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	topics = TOPICS_GOOD;
	options[0] = (struct config_kafka_option){"bootstrap.servers", servers};
	options[1] = (struct config_kafka_option){"reconnect.backoff.max.ms", "100"};
	config.window_ms = 1000;
	config.cluster = (struct config_cluster){.node = "ingest-1",
		.partitions = PARTITIONS,
		.tallies = "tallies",
		.frames = "frames",
		.kafka = options,
		.n_kafka = 2};
	begin();
}

static void tear_down(void)
{
	end(false);
	rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(brokers);
	close(wake);
	store_rig_remove(&rig);
}

TestSuite(cluster_publisher, .init = set_up, .fini = tear_down);

static void tap(unsigned row, unsigned reaction, uint64_t n)
{
	store_row_tallies(&rig.store, 0, row)[reaction] += n;
	moved_mark(merge_marks(&windows.merge, 0), row);
}

static void close_window(void)
{
	uint64_t counts[STRIDE];

	window_ms += 1000;
	windows_close(&windows, (struct window_span){.ends_ms = window_ms, .length_ms = 1000});
	windows_counted(&windows, 0, counts);
	if (first_number == 0)
		first_number = windows.number;
	at_window[(windows.number - first_number) % 64] = counts[3];
	publisher_window(publisher, &windows);
}

static uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Serves as the control thread does, until so; fails the test if that takes too long. */
#define SERVE_UNTIL(so)                                                          \
	do {                                                                     \
		uint64_t until = clock_ms() + PATIENCE_MS, told;                 \
		while (!(so)) {                                                  \
			struct pollfd readable = {.fd = wake, .events = POLLIN}; \
			cr_assert_lt(clock_ms(), until, "in vain: %s", #so);     \
			(void)!poll(&readable, 1, 1000);                         \
			(void)!read(wake, &told, sizeof(told));                  \
			publisher_serve(publisher, &windows);                    \
		}                                                                \
	} while (0)

static struct publisher_status status(void)
{
	struct publisher_status s;

	publisher_read_status(publisher, &s);
	return s;
}

static void close_window_and_deliver(void)
{
	close_window();
	SERVE_UNTIL(status().window == windows.number);
}

static void take(struct read_back *back, const rd_kafka_message_t *m)
{
	struct record_report report;
	struct record_tally tally;
	bool is_report = record_report_decode(m->key, m->key_len, m->payload, m->len, &report) == 0;

	if (is_report) {
		back->reports++;
		back->report[m->partition] = report;
	} else if (record_tally_decode(m->key, m->key_len, m->payload, m->len, &tally) == 0) {
		cr_expect_eq(tally.channel % PARTITIONS, m->partition);
		cr_expect_str_eq(tally.source.node, "ingest-1");
		cr_expect_eq(tally.source.generation, arena_generation(rig.store.arena));
		back->tallies++;
		back->tallies_of[tally.channel]++;
		back->newest[tally.channel] = tally;
		back->wrong_windows +=
			tally.channel == 0 &&
			tally.counts[3] != at_window[(tally.window - first_number) % 64];
	} else {
		back->malformed++;
	}
	back->report_is_last[m->partition] = is_report;
}

static rd_kafka_t *new_reader(void)
{
	char error[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(PARTITIONS);

	rd_kafka_conf_set(conf, "bootstrap.servers", servers, error, sizeof(error));
	rd_kafka_conf_set(conf, "group.id", "reader", error, sizeof(error));
	rd_kafka_conf_set(conf, "enable.partition.eof", "true", error, sizeof(error));
	rd_kafka_t *reader = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof(error));
	rd_kafka_poll_set_consumer(reader);
	for (int i = 0; i < PARTITIONS; i++)
		rd_kafka_topic_partition_list_add(all, "tallies", i)->offset =
			RD_KAFKA_OFFSET_BEGINNING;
	rd_kafka_assign(reader, all);
	rd_kafka_topic_partition_list_destroy(all);
	return reader;
}

/* All there is. */
static void read_all(struct read_back *back)
{
	rd_kafka_t *reader = new_reader();
	unsigned ended = 0;
	uint64_t until = clock_ms() + PATIENCE_MS;

	memset(back, 0, sizeof(*back));
	while (ended < PARTITIONS) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(reader, 1000);

		cr_assert_lt(clock_ms(), until);
		if (m != NULL && m->err == RD_KAFKA_RESP_ERR_NO_ERROR)
			take(back, m);
		ended += m != NULL && m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
		if (m != NULL)
			rd_kafka_message_destroy(m);
	}
	rd_kafka_consumer_close(reader);
	rd_kafka_destroy(reader);
	cr_expect_eq(back->malformed, 0);
	cr_expect_eq(back->wrong_windows, 0);
}

static void expect_newest(const struct read_back *back)
{
	uint64_t counts[STRIDE];

	for (unsigned row = 0; row < CHANNELS; row++) {
		windows_counted(&windows, row, counts);
		cr_expect_arr_eq(back->newest[row].counts, counts, sizeof(counts), "row %u", row);
	}
	for (unsigned i = 0; i < PARTITIONS; i++) {
		cr_expect(back->report_is_last[i], "partition %u", i);
		cr_expect_eq(back->report[i].window, windows.number);
		cr_expect_eq(back->report[i].ends, window_ms);
		cr_expect_eq(back->report[i].window_ms, 1000);
	}
}

Test(cluster_publisher, each_partition_has_what_was_counted_and_then_a_report)
{
	static struct read_back back;

	tap(0, 3, 5);
	tap(4, 1, 7);
	tap(5, 7, 9);
	close_window_and_deliver();
	read_all(&back);
	expect_newest(&back);
	cr_expect_eq(back.tallies, 3);
	cr_expect_eq(back.reports, PARTITIONS);
	cr_expect_eq(back.newest[4].ends, window_ms);
	cr_expect_eq(status().records, 3);
	cr_expect_eq(status().rounds, PARTITIONS);
	cr_expect_eq(status().marked_rows, 0);
	cr_expect_str_eq(status().complaint, "");
}

Test(cluster_publisher, a_channel_where_nobody_tapped_is_not_sent_again)
{
	static struct read_back back;

	tap(0, 3, 5);
	tap(1, 3, 5);
	close_window_and_deliver();
	tap(1, 3, 1);
	close_window_and_deliver();
	close_window_and_deliver();
	read_all(&back);
	expect_newest(&back);
	cr_expect_eq(back.tallies_of[0], 1);
	cr_expect_eq(back.tallies_of[1], 2);
	cr_expect_eq(back.reports, 3 * PARTITIONS);
}

Test(cluster_publisher, a_parent_has_what_the_channels_below_it_have)
{
	static const unsigned parent = 1;
	static const struct config_channel channels[] = {{.id = 2, .parent = (unsigned *)&parent}};
	static struct read_back back;

	windows_set_parents(&windows, channels, 1);
	tap(2, 3, 5);
	tap(1, 4, 1);
	close_window_and_deliver();
	read_all(&back);
	expect_newest(&back);
	cr_expect_eq(back.newest[1].counts[3], 5);
	cr_expect_eq(back.newest[1].counts[4], 1);
}

Test(cluster_publisher, registers_are_those_of_the_window_that_the_record_names)
{
	static struct read_back back;
	struct reactors worker = {
		.head = rig.store.reactors_head, .rows = store_row_reactors(&rig.store, 0, 0)};

	reactors_begin(&worker);
	for (uint64_t session = 1; session <= 20; session++) {
		tap(0, 3, 1);
		tap(1, 3, 1);
		reactors_note(&worker, 0, reactors_hash(rig.store.reactors_head, session));
		reactors_note(&worker, 1, reactors_hash(rig.store.reactors_head, session));
	}
	reactors_end(&worker);
	topics = TOPICS_UNKNOWN;
	close_window();
	topics = TOPICS_GOOD;
	tap(1, 3, 1);
	close_window_and_deliver();
	read_all(&back);
	expect_newest(&back);
	cr_expect(back.newest[1].has_people);
	cr_expect_eq(hyperloglog_estimate(&back.newest[1].people), 0, "nobody of the last window");
	cr_expect_not(back.newest[0].has_people, "they were there in the window before");
	cr_expect_eq(back.newest[0].counts[3], 20);
}

Test(cluster_publisher, a_new_process_sends_all_that_the_arena_has)
{
	static struct read_back back;

	tap(0, 3, 5);
	tap(1, 3, 5);
	close_window_and_deliver();
	end(false);
	begin();
	tap(1, 3, 1);
	close_window_and_deliver();
	read_all(&back);
	expect_newest(&back);
	cr_expect_eq(back.tallies_of[0], 2);
	cr_expect_eq(back.tallies_of[2], 0, "there is nothing to say of it");
}

/* Or a merger would show them in a window before they were made. */
Test(cluster_publisher, no_record_has_taps_behind_the_window_that_it_names)
{
	static struct read_back back;

	tap(0, 3, 1);
	close_window_and_deliver();
	rd_kafka_mock_broker_set_rtt(cluster, -1, 20);
	for (unsigned i = 0; i < 40; i++) {
		struct pollfd readable = {.fd = wake, .events = POLLIN};
		uint64_t told;

		tap(0, 3, 1);
		close_window();
		(void)!read(wake, &told, sizeof(told));
		cr_assert_geq(poll(&readable, 1, 1000), 0); // the next window finds it delivered
	}
	SERVE_UNTIL(status().window == windows.number);
	read_all(&back);
	expect_newest(&back);
	cr_expect_gt(back.tallies_of[0], 5);
}

Test(cluster_publisher, an_outage_costs_no_tap_and_no_memory)
{
	static struct read_back back;

	tap(0, 3, 5);
	close_window_and_deliver();
	rd_kafka_mock_broker_set_down(cluster, 1);
	for (unsigned i = 0; i < 50; i++) {
		tap(0, 3, 1);
		tap(1, 3, 1);
		close_window();
		cr_assert_leq(publisher_on_way(publisher), CHANNELS + PARTITIONS);
	}
	cr_expect_lt(status().window, windows.number);
	rd_kafka_mock_broker_set_up(cluster, 1);
	SERVE_UNTIL(status().window == windows.number);
	read_all(&back);
	expect_newest(&back);
	cr_expect_eq(back.newest[0].counts[3], 55);
	cr_expect_leq(back.tallies_of[0], 3, "what was on its way, and the newest");
	cr_expect_eq(status().failed, 0);
}

Test(cluster_publisher, brokers_that_were_never_there_are_a_complaint_and_not_waited_for)
{
	static struct read_back back;

	rd_kafka_mock_broker_set_down(cluster, 1);
	end(false);
	topics = TOPICS_UNKNOWN;
	uint64_t begun = clock_ms();
	begin();
	tap(0, 3, 5);
	close_window();
	close_window();
	cr_expect_lt(clock_ms() - begun, 2000);
	cr_expect_neq(status().complaint[0], '\0');
	cr_expect_eq(status().window, 0);
	cr_expect_eq(status().marked_rows, 1);
	rd_kafka_mock_broker_set_up(cluster, 1);
	topics = TOPICS_GOOD;
	publisher_serve(publisher, &windows);
	SERVE_UNTIL(status().window == windows.number);
	close_window_and_deliver();
	read_all(&back);
	expect_newest(&back);
	cr_expect_str_eq(status().complaint, "");
}

Test(cluster_publisher, nothing_goes_to_topics_that_are_wrong)
{
	static struct read_back back;

	topics = TOPICS_WRONG;
	tap(0, 3, 5);
	close_window();
	close_window();
	cr_expect_eq(publisher_on_way(publisher), 0);
	cr_expect_str_eq(status().complaint, "wrong topics");
	cr_expect_not(status().topics_good);
	topics = TOPICS_GOOD;
	publisher_serve(publisher, &windows);
	SERVE_UNTIL(status().window == windows.number);
	read_all(&back);
	expect_newest(&back);
}

Test(cluster_publisher, topics_that_were_wrong_and_made_anew_get_all_there_is)
{
	static struct read_back back;

	tap(0, 3, 5);
	close_window_and_deliver();
	topics = TOPICS_WRONG;
	publisher_serve(publisher, &windows);
	topics = TOPICS_GOOD;
	close_window_and_deliver();
	read_all(&back);
	expect_newest(&back);
	cr_expect_eq(back.tallies_of[0], 2);
}

Test(cluster_publisher, what_a_broker_refuses_goes_again_with_the_next_window)
{
	static struct read_back back;

	rd_kafka_mock_push_request_errors(
		cluster, PRODUCE, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
	tap(0, 3, 5);
	tap(1, 3, 5);
	tap(2, 3, 5);
	close_window();
	SERVE_UNTIL(publisher_on_way(publisher) == 0);
	cr_expect_gt(status().failed, 0);
	cr_expect_gt(hurried, 0, "the topics are looked at");
	cr_expect_neq(status().window, windows.number);
	close_window_and_deliver();
	read_all(&back);
	expect_newest(&back);
	cr_expect_eq(status().marked_rows, 0);
}

Test(cluster_publisher, a_producer_that_came_to_an_end_is_replaced)
{
	static struct read_back back;

	tap(0, 3, 5);
	tap(1, 3, 5);
	close_window_and_deliver();
	rd_kafka_test_fatal_error(
		publisher->producer, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "as a test");
	SERVE_UNTIL(publisher->fatal);
	tap(1, 3, 1);
	close_window();
	cr_expect_not(publisher->fatal);
	SERVE_UNTIL(status().window == windows.number);
	read_all(&back);
	expect_newest(&back);
	cr_expect_eq(back.tallies_of[0], 2, "nobody knew whether it was there");
}

Test(cluster_publisher, a_queue_without_room_sends_the_rest_when_there_is_some)
{
	static struct read_back back;

	end(false);
	options[2] = (struct config_kafka_option){"queue.buffering.max.messages", "3"};
	config.cluster.n_kafka = 3;
	begin();
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned row = 0; row < CHANNELS; row++)
			tap(row, i, 1 + row);
		close_window_and_deliver();
	}
	read_all(&back);
	expect_newest(&back);
}

Test(cluster_publisher, who_leaves_says_so_behind_the_last_tallies)
{
	static struct read_back back;

	tap(0, 3, 5);
	close_window_and_deliver();
	cr_expect_not(publisher->leaves);
	tap(0, 3, 1);
	close_window();
	publisher_close(publisher, &windows, true);
	read_all(&back);
	expect_newest(&back);
	for (unsigned i = 0; i < PARTITIONS; i++)
		cr_expect(back.report[i].leaves);
	windows_free(&windows);
	begin();
}

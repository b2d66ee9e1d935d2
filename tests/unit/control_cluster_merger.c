/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Windows come out of a merger whatever the brokers say to its transactions, as long as it has its
 * partitions. The brokers are librdkafka's own for tests, which know no settings of topics, and no
 * epochs of producers: who is fenced is played here, and shown with real brokers in tests/cluster.
 */

#include "yaml_file.h"

#include "control/cluster/merger.h"
#include "control/cluster/topic_check.h"
#include "wire/frame.h"

#include <librdkafka/rdkafka_mock.h>
#include <time.h>

enum { PARTITIONS = 2, CHANNELS = 4, PATIENCE_MS = 30000, STOP_MS = 12000, BROKER = 1 };
/* Of Kafka's protocol. */
enum {
	OFFSET_COMMIT = 8,
	SYNC_GROUP = 14,
	INIT_PRODUCER_ID = 22,
	END_TXN = 26,
	TXN_OFFSET_COMMIT = 28
};

/* The newest frame of each channel in the topic, and whether the catalogue is there. */
struct read_back {
	struct frame newest[CHANNELS];
	bool seen[CHANNELS];
	bool catalogue, backwards;
};

static rd_kafka_t *nodes; // produces tallies, and has the brokers
static rd_kafka_mock_cluster_t *brokers;
static struct config config;
static struct merger *merger;
static enum topic_state topics;
static struct merger_status now;

struct topic_check *__wrap_topic_check_open(
	rd_kafka_t *rk, const struct config_cluster *of, unsigned which, int fd);
void __wrap_topic_check_close(struct topic_check *t);
enum topic_state __wrap_topic_check_serve(struct topic_check *t, char sentence[KAFKA_SENTENCE_MAX]);
void __wrap_topic_check_hurry(struct topic_check *t);
unsigned __wrap_topic_check_answers(struct topic_check *t);

struct topic_check *__wrap_topic_check_open(
	rd_kafka_t *rk, const struct config_cluster *of, unsigned which, int fd)
{
	return (struct topic_check *)&topics;
}

void __wrap_topic_check_close(struct topic_check *t)
{
}

enum topic_state __wrap_topic_check_serve(struct topic_check *t, char sentence[KAFKA_SENTENCE_MAX])
{
	strcpy(sentence, topics == TOPICS_WRONG ? "wrong topics" : "");
	return topics;
}

void __wrap_topic_check_hurry(struct topic_check *t)
{
}

unsigned __wrap_topic_check_answers(struct topic_check *t)
{
	return 0;
}

static uint64_t clock_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void start_brokers(void)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char reason[256];

	rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", reason, sizeof(reason));
	rd_kafka_conf_set(conf, "linger.ms", "0", reason, sizeof(reason));
	rd_kafka_conf_set_log_cb(conf, NULL);
	nodes = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
	cr_assert_not_null(nodes, "%s", reason);
	brokers = rd_kafka_handle_mock_cluster(nodes);
	cr_assert_eq(rd_kafka_mock_topic_create(brokers, "tallies", PARTITIONS, 1), 0);
	cr_assert_eq(rd_kafka_mock_topic_create(brokers, "frames", PARTITIONS, 1), 0);
}

static void read_config(void)
{
	char text[1024], error[1024];

	snprintf(text, sizeof(text),
		"roles: [merge]\nwindow_ms: 1000\nchannels:\n"
		"- {id: 0, name: A}\n- {id: 1, name: B}\n- {id: 2, name: C}\n- {id: 3, name: D}\n"
		"cluster:\n  node: merge-1\n  partitions: %d\n  tallies: tallies\n"
		"  frames: frames\n  group: g\n  kafka:\n  - bootstrap.servers=%s\n"
		"  - reconnect.backoff.max.ms=100\n",
		PARTITIONS, rd_kafka_mock_cluster_bootstraps(brokers));
	cr_assert_eq(load_text(&config, text, error, sizeof(error)), 0, "%s", error);
}

static void begin(void)
{
	char error[512] = "";

	cr_assert_eq(merger_start(&merger, &config, error, sizeof(error)), 0, "%s", error);
}

static void set_up(void)
{
	start_brokers();
	read_config();
	topics = TOPICS_GOOD;
	begin();
}

static void tear_down(void)
{
	merger_stop(merger);
	config_free(&config);
	rd_kafka_destroy(nodes);
}

TestSuite(cluster_merger, .init = set_up, .fini = tear_down);

/* Looks at the merger's status until so; fails the test if that takes too long. */
#define AWAIT(so)                                                                                 \
	do {                                                                                      \
		uint64_t until = clock_ms(CLOCK_MONOTONIC) + PATIENCE_MS;                         \
		for (merger_read_status(merger, &now); !(so); merger_read_status(merger, &now)) { \
			cr_assert_lt(clock_ms(CLOCK_MONOTONIC), until, "in vain: %s", #so);       \
			rd_kafka_poll(nodes, 20);                                                 \
		}                                                                                 \
	} while (0)

static void await_windows(unsigned more)
{
	merger_read_status(merger, &now);
	uint64_t wanted = now.windows + more;
	AWAIT(now.windows >= wanted);
}

static void publish(
	uint16_t channel, const void *key, size_t key_len, const void *value, size_t len)
{
	cr_assert_eq(rd_kafka_producev(nodes, RD_KAFKA_V_TOPIC("tallies"),
			     RD_KAFKA_V_PARTITION(channel % PARTITIONS),
			     RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_len),
			     RD_KAFKA_V_VALUE((void *)value, len), RD_KAFKA_V_END),
		RD_KAFKA_RESP_ERR_NO_ERROR);
	cr_assert_eq(rd_kafka_flush(nodes, PATIENCE_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void tap(uint16_t channel, uint64_t cumulative)
{
	static struct record_tally t;
	static uint8_t key[RECORD_KEY_MAX], value[RECORD_TALLY_MAX];

	t = (struct record_tally){.channel = channel,
		.source = {.node = "ingest-1", .generation = 7},
		.ends = clock_ms(CLOCK_REALTIME) / 1000 * 1000,
		.counts = {[3] = cumulative}};
	publish(channel, key, record_tally_key(&t, key), value, record_tally_encode(&t, value));
}

static void take(struct read_back *back, const rd_kafka_message_t *m)
{
	static struct record_frame record;
	struct frame frame;

	if (record_frame_decode(m->key, m->key_len, m->payload, m->len, &record) != 0) {
		back->catalogue = true;
		return;
	}
	cr_assert_eq(frame_decode(record.binary, record.binary_len, &frame), 0);
	cr_assert_lt(frame.channel, CHANNELS);
	cr_expect_eq(frame.channel % PARTITIONS, m->partition);
	back->backwards |= back->seen[frame.channel] &&
			   (frame.total < back->newest[frame.channel].total ||
				   frame.window <= back->newest[frame.channel].window);
	back->seen[frame.channel] = true;
	back->newest[frame.channel] = frame;
}

static rd_kafka_t *new_reader(void)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(PARTITIONS);
	const char *servers = rd_kafka_mock_cluster_bootstraps(brokers);
	char error[256];

	rd_kafka_conf_set(conf, "bootstrap.servers", servers, error, sizeof(error));
	rd_kafka_conf_set(conf, "group.id", "reader", error, sizeof(error));
	rd_kafka_conf_set(conf, "enable.partition.eof", "true", error, sizeof(error));
	rd_kafka_t *reader = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof(error));
	rd_kafka_poll_set_consumer(reader);
	for (int i = 0; i < PARTITIONS; i++)
		rd_kafka_topic_partition_list_add(all, "frames", i)->offset =
			RD_KAFKA_OFFSET_BEGINNING;
	rd_kafka_assign(reader, all);
	rd_kafka_topic_partition_list_destroy(all);
	return reader;
}

/* All there is. */
static void read_all(struct read_back *back)
{
	rd_kafka_t *reader = new_reader();
	uint64_t until = clock_ms(CLOCK_MONOTONIC) + PATIENCE_MS;
	unsigned ended = 0;

	memset(back, 0, sizeof(*back));
	while (ended < PARTITIONS) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(reader, 1000);

		cr_assert_lt(clock_ms(CLOCK_MONOTONIC), until);
		if (m != NULL && m->err == RD_KAFKA_RESP_ERR_NO_ERROR)
			take(back, m);
		ended += m != NULL && m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
		if (m != NULL)
			rd_kafka_message_destroy(m);
	}
	rd_kafka_consumer_close(reader);
	rd_kafka_destroy(reader);
	cr_expect_not(back->backwards, "windows go on, and totals do not shrink");
}

static void refuse_next(int16_t api, rd_kafka_resp_err_t err)
{
	rd_kafka_mock_push_request_errors(brokers, api, 1, err);
}

static void stop_in_seconds(void)
{
	uint64_t began = clock_ms(CLOCK_MONOTONIC);

	merger_stop(merger);
	cr_expect_lt(clock_ms(CLOCK_MONOTONIC) - began, STOP_MS);
}

Test(cluster_merger, open_channels_have_frames_though_no_node_ever_reported)
{
	static struct read_back back;

	await_windows(2 * PARTITIONS);
	read_all(&back);
	for (unsigned i = 0; i < CHANNELS; i++)
		cr_expect(back.seen[i], "channel %u", i);
	cr_expect(back.catalogue);
	cr_expect_eq(now.partitions, PARTITIONS);
	cr_expect_eq(now.aborted + now.fenced, 0);
	cr_expect_str_eq(now.complaint, "");
}

Test(cluster_merger, what_nodes_counted_is_in_the_frames)
{
	static struct read_back back;

	tap(0, 5);
	tap(1, 7);
	AWAIT(now.taps == 12);
	tap(1, 8);
	AWAIT(now.taps == 13);
	await_windows(2 * PARTITIONS);
	read_all(&back);
	cr_expect_eq(back.newest[0].total, 5);
	cr_expect_eq(back.newest[1].total, 8);
}

Test(cluster_merger, the_next_merger_goes_on_where_this_one_stopped)
{
	static struct read_back back;

	tap(0, 5);
	AWAIT(now.taps == 5);
	await_windows(2 * PARTITIONS);
	merger_stop(merger);
	tap(0, 9);
	begin();
	AWAIT(now.taps == 9);
	await_windows(2 * PARTITIONS);
	read_all(&back);
	cr_expect_eq(back.newest[0].total, 9);
}

Test(cluster_merger, a_rebalance_under_a_transaction_only_puts_its_taps_off)
{
	static struct read_back back;

	await_windows(PARTITIONS);
	tap(0, 5);
	refuse_next(TXN_OFFSET_COMMIT, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION);
	AWAIT(now.aborted == 1);
	await_windows(2 * PARTITIONS);
	read_all(&back);
	cr_expect_eq(back.newest[0].total, 5);
	cr_expect_eq(now.fenced, 0);
	cr_expect_str_eq(now.complaint, "");
}

/* The coordinator ends transactions that take too long, and their producer is as one that another
 * merger has fenced. There is not one tally: the end of nothing is found a second time, too. */
Test(cluster_merger, whoever_is_fenced_and_still_has_the_partition_takes_it_over_again)
{
	await_windows(PARTITIONS);
	refuse_next(END_TXN, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH);
	AWAIT(now.fenced == 1);
	AWAIT(now.partitions == PARTITIONS);
	await_windows(4 * PARTITIONS);
	cr_expect_eq(now.fenced, 1);
	cr_expect_eq(now.partitions_coming, 0);
}

Test(cluster_merger, whoever_is_no_member_leaves_the_partition_alone_until_it_is_one)
{
	await_windows(PARTITIONS);
	uint64_t rebalances = now.rebalances;

	refuse_next(OFFSET_COMMIT, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
	refuse_next(END_TXN, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH);
	AWAIT(now.fenced == 1);
	AWAIT(now.rebalances >= rebalances + 2); // everything lost, and given again
	AWAIT(now.partitions == PARTITIONS);
	await_windows(PARTITIONS);
}

Test(cluster_merger, brokers_that_are_away_and_back_cost_no_tap)
{
	static struct read_back back;

	tap(0, 5);
	AWAIT(now.taps == 5);
	rd_kafka_mock_broker_set_down(brokers, BROKER);
	AWAIT(now.complaint[0] != '\0');
	rd_kafka_mock_broker_set_up(brokers, BROKER);
	tap(0, 6);
	AWAIT(now.taps == 6 && now.partitions == PARTITIONS);
	await_windows(2 * PARTITIONS);
	read_all(&back);
	cr_expect_eq(back.newest[0].total, 6);
}

Test(cluster_merger, it_stops_in_seconds_though_no_broker_answers)
{
	await_windows(PARTITIONS);
	rd_kafka_mock_broker_set_down(brokers, BROKER);
	AWAIT(now.complaint[0] != '\0');
	stop_in_seconds();
	rd_kafka_mock_broker_set_up(brokers, BROKER);
	begin();
}

static bool are_asked(int16_t api)
{
	size_t left = 0;

	cr_assert_eq(rd_kafka_mock_broker_error_stack_cnt(brokers, BROKER, api, &left), 0);
	return left == 0;
}

/* librdkafka's assertion of that has ended whole processes. */
Test(cluster_merger, it_stops_between_joining_the_group_and_being_told_its_partitions)
{
	merger_stop(merger);
	rd_kafka_mock_broker_push_request_error_rtts(
		brokers, BROKER, SYNC_GROUP, 1, RD_KAFKA_RESP_ERR_NO_ERROR, 60000);
	begin();
	AWAIT(are_asked(SYNC_GROUP));
	stop_in_seconds();
	begin();
	await_windows(PARTITIONS);
}

/* Its answer is long in coming: what the window had is in the topic, and nobody knows if it counts.
 */
Test(cluster_merger, a_commit_that_is_not_answered_does_not_keep_it_from_stopping)
{
	static struct read_back back;

	await_windows(PARTITIONS);
	tap(0, 5);
	AWAIT(now.taps == 5);
	rd_kafka_mock_broker_push_request_error_rtts(brokers, BROKER, END_TXN, PARTITIONS,
		RD_KAFKA_RESP_ERR_NO_ERROR, 60000, RD_KAFKA_RESP_ERR_NO_ERROR, 60000);
	AWAIT(are_asked(END_TXN));
	stop_in_seconds();
	begin();
	AWAIT(now.taps == 5);
	await_windows(2 * PARTITIONS);
	read_all(&back);
	cr_expect_eq(back.newest[0].total, 5);
}

/* Nor does anybody know what came of this one. */
Test(cluster_merger, a_partition_whose_last_window_is_uncertain_is_taken_over_anew)
{
	static struct read_back back;

	tap(0, 5);
	AWAIT(now.taps == 5);
	await_windows(PARTITIONS);
	refuse_next(END_TXN, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING);
	AWAIT(now.aborted == 1);
	AWAIT(now.partitions == PARTITIONS);
	await_windows(2 * PARTITIONS);
	read_all(&back);
	cr_expect_eq(back.newest[0].total, 5);
	cr_expect_eq(now.fenced, 0);
}

Test(cluster_merger, a_user_who_may_not_use_transactions_is_told_so)
{
	merger_stop(merger);
	rd_kafka_mock_push_request_errors(brokers, INIT_PRODUCER_ID, 1,
		RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
	begin();
	AWAIT(strstr(now.complaint, "transactional ids") != NULL);
	await_windows(PARTITIONS);
	AWAIT(now.complaint[0] == '\0');
}

Test(cluster_merger, wrong_topics_keep_it_out_of_the_group)
{
	merger_stop(merger);
	topics = TOPICS_WRONG;
	begin();
	AWAIT(strcmp(now.complaint, "wrong topics") == 0);
	cr_expect_eq(now.rebalances, 0);
	topics = TOPICS_GOOD;
	await_windows(PARTITIONS);
}

Test(cluster_merger, a_reload_changes_channels_and_catalogue)
{
	static struct read_back back;
	unsigned channels = config.n_channels;

	await_windows(PARTITIONS);
	config.n_channels = channels - 1;
	cr_assert_eq(merger_take_config(merger, &config), 0);
	config.n_channels = channels;
	await_windows(3 * PARTITIONS);
	read_all(&back);
	cr_expect(back.newest[CHANNELS - 1].flags & FRAME_CLOSED);
	cr_expect_lt(back.newest[CHANNELS - 1].window, back.newest[0].window);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Frames on their way out of Kafka, with the brokers that librdkafka plays.
 */

#include "cluster_frames.h"

#include "control/cluster/follower.h"
#include "control/cluster/kafka.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <librdkafka/rdkafka_mock.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { PARTITIONS = 3, BROKER = 1, CHANNEL = 7, PATIENCE_S = 30 };

static rd_kafka_t *producer; // has the brokers
static rd_kafka_mock_cluster_t *brokers;
static struct config_kafka_option options[4];
static struct config config;
static struct follower *follower;
static int wake;
static uint64_t last_ends;
static uint32_t last_taps;

static void see_frame(void *context, const struct record_frame *record)
{
	struct frame frame;

	cr_assert_eq(frame_decode(record->binary, record->binary_len, &frame), 0);
	last_taps = frame.taps;
}

static void see_catalogue(void *context, const char *json, size_t len)
{
}

static void see_flush(void *context, uint64_t ends_ms)
{
	last_ends = ends_ms;
}

static void start_brokers(void)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char reason[256];

	rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", reason, sizeof(reason));
	rd_kafka_conf_set(conf, "linger.ms", "0", reason, sizeof(reason));
	rd_kafka_conf_set_log_cb(conf, NULL);
	producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
	cr_assert_not_null(producer, "%s", reason);
	brokers = rd_kafka_handle_mock_cluster(producer);
	cr_assert_eq(rd_kafka_mock_topic_create(brokers, "frames", PARTITIONS, 1), 0);
}

static void set_up(void)
{
	start_brokers();
	options[0] = (struct config_kafka_option){
		"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(brokers)};
	config.cluster = (struct config_cluster){
		.node = "fanout-1",
		.partitions = PARTITIONS,
		.tallies = "tallies",
		.frames = "frames",
		.kafka = options,
		.n_kafka = 1,
	};
	wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	cr_assert_geq(wake, 0);
}

static void open_follower(void)
{
	const struct follower_sink sink = {see_frame, see_catalogue, see_flush, NULL};
	char error[512];

	cr_assert_eq(follower_open(&follower, &config, &sink, wake, error, sizeof(error)), 0, "%s",
		error);
}

static void tear_down(void)
{
	if (follower != NULL)
		follower_close(follower);
	close(wake);
	rd_kafka_destroy(producer);
}

TestSuite(follower, .init = set_up, .fini = tear_down, .timeout = 2 * PATIENCE_S);

static void produce(uint16_t channel, unsigned window)
{
	struct cluster_frame f;

	cluster_frame_make(&f, channel, true, window);
	cr_assert_eq(rd_kafka_producev(producer, RD_KAFKA_V_TOPIC("frames"),
			     RD_KAFKA_V_PARTITION(channel % PARTITIONS),
			     RD_KAFKA_V_KEY(f.key, sizeof(f.key)), RD_KAFKA_V_VALUE(f.value, f.len),
			     RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
		0);
	cr_assert_eq(rd_kafka_flush(producer, PATIENCE_S * 1000), 0);
}

static struct follower_status status(void)
{
	struct follower_status s;

	follower_read_status(follower, &s);
	return s;
}

static bool caught_up(void)
{
	return status().caught_up;
}

static bool shows_window_3(void)
{
	return last_ends == cluster_frame_ends(3);
}

static bool complains(void)
{
	return status().complaint[0] != '\0';
}

/* As the control thread does: woken by the descriptor alone. */
static void serve_until(bool (*done)(void))
{
	const time_t end = time(NULL) + PATIENCE_S;
	struct pollfd at = {.fd = wake, .events = POLLIN};
	uint64_t n;

	while (!done()) {
		cr_assert_lt(time(NULL), end, "nothing comes; complaint: %s", status().complaint);
		if (poll(&at, 1, 1000) == 1 && read(wake, &n, sizeof(n)) == sizeof(n))
			follower_serve(follower);
	}
}

Test(follower, reads_to_the_end_and_then_follows)
{
	produce(CHANNEL, 1);
	produce(CHANNEL, 2);
	open_follower();
	serve_until(caught_up);
	cr_expect_eq(last_taps, 2);
	cr_expect_eq(status().frames, 1);
	produce(CHANNEL, 3);
	serve_until(shows_window_3);
	cr_expect_eq(last_taps, 3);
	cr_expect_eq(status().channels, 1);
}

/* What a node shows stays while the brokers are away, and goes on when they are back. */
Test(follower, keeps_what_it_has_while_the_brokers_are_away)
{
	produce(CHANNEL, 1);
	open_follower();
	serve_until(caught_up);
	rd_kafka_mock_broker_set_down(brokers, BROKER);
	serve_until(complains);
	cr_expect_eq(status().channels, 1);
	rd_kafka_mock_broker_set_up(brokers, BROKER);
	produce(CHANNEL, 3);
	serve_until(shows_window_3);
}

Test(follower, starts_without_brokers)
{
	options[0].value = "127.0.0.1:1";
	open_follower();
	serve_until(complains);
	cr_expect_neq(strstr(status().complaint, "are they up"), NULL, "%s", status().complaint);
	cr_expect_not(status().caught_up);
}

Test(follower, does_not_start_with_a_wrong_option)
{
	const struct follower_sink sink = {see_frame, see_catalogue, see_flush, NULL};
	char error[512];

	options[1] = (struct config_kafka_option){"no.such.option", "1"};
	config.cluster.n_kafka = 2;
	cr_expect_eq(follower_open(&follower, &config, &sink, wake, error, sizeof(error)), -EINVAL);
	cr_expect_neq(strstr(error, "no.such.option"), NULL, "%s", error);
	follower = NULL;
}

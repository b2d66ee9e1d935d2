/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/follower.h"

#include "control/cluster/kafka_trouble.h"
#include "control/cluster/log.h"
#include "control/cluster/newest.h"
#include "control/cluster/topic_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The control thread has other things to do; so long at a time (a topic is long at the start). */
#define TURN_NS UINT64_C(20000000)

struct follower {
	const struct config_cluster *config;
	rd_kafka_t *rk;
	rd_kafka_topic_t *topic;
	rd_kafka_queue_t *records; // of all partitions
	rd_kafka_queue_t *events;  // of the handle
	unsigned started;          // partitions
	struct topic_check *check;
	unsigned answers; // of the check, when the trouble began
	enum topic_state topics;
	char wrong[KAFKA_SENTENCE_MAX]; // with the topics
	struct kafka_trouble trouble;
	struct newest *newest;
	int wake;
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* No group: nothing is committed, every node reads all partitions from their beginning. */
static int open_handle(struct follower *f, char *error, size_t cap)
{
	static const struct kafka_own_option own[] = {
		{"isolation.level", "read_committed"},
		{"enable.partition.eof", "true"},
		{"enable.auto.commit", "false"},
		{"auto.offset.reset", "earliest"},
		/* A node that starts asks for its partitions one behind the other. */
		{"fetch.wait.max.ms", "100"},
		{"queued.max.messages.kbytes", "16384"},
		{NULL, NULL},
	};

	return kafka_open(&f->rk, RD_KAFKA_CONSUMER, 0, f->config, own, f, error, cap);
}

static int start(struct follower *f, char *error, size_t cap)
{
	f->topic = rd_kafka_topic_new(f->rk, f->config->frames, NULL);
	if (f->topic == NULL) {
		snprintf(error, cap, "cluster.frames: '%s' is no name of a topic: %s",
			f->config->frames, rd_kafka_err2str(rd_kafka_last_error()));
		return -EINVAL;
	}
	for (; f->started < f->config->partitions; f->started++) {
		if (rd_kafka_consume_start_queue(f->topic, (int32_t)f->started,
			    RD_KAFKA_OFFSET_BEGINNING, f->records) == 0)
			continue;
		snprintf(error, cap, "partition %u of topic %s cannot be read: %s", f->started,
			f->config->frames, rd_kafka_err2str(rd_kafka_last_error()));
		return -EINVAL;
	}
	return 0;
}

static int open_parts(struct follower *f, const struct follower_sink *sink, char *error, size_t cap)
{
	f->newest = newest_make(f->config->partitions, sink);
	if (f->newest == NULL) {
		snprintf(error, cap, "no memory for the frames of the cluster");
		return -ENOMEM;
	}
	int ret = open_handle(f, error, cap);
	if (ret < 0)
		return ret;
	f->events = rd_kafka_queue_get_main(f->rk);
	f->records = rd_kafka_queue_new(f->rk);
	kafka_wake(f->events, f->wake);
	kafka_wake(f->records, f->wake);
	ret = start(f, error, cap);
	if (ret < 0)
		return ret;
	f->check = topic_check_open(f->rk, f->config, TOPIC_FRAMES, f->wake);
	if (f->check == NULL) {
		snprintf(error, cap, "no memory to look at the topics of the cluster");
		return -ENOMEM;
	}
	return 0;
}

int follower_open(struct follower **out, const struct config *config,
	const struct follower_sink *sink, int wake, char *error, size_t cap)
{
	struct follower *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		snprintf(error, cap, "no memory for the frames of the cluster");
		return -ENOMEM;
	}
	f->config = &config->cluster;
	f->wake = wake;
	int ret = open_parts(f, sink, error, cap);
	if (ret < 0) {
		follower_close(f);
		return ret;
	}
	*out = f;
	return 0;
}

static void take_record(struct follower *f, const rd_kafka_message_t *record)
{
	newest_record(f->newest, (unsigned)record->partition, record->key, record->key_len,
		record->payload, record->len);
}

static void take_records(struct follower *f, rd_kafka_event_t *event)
{
	const rd_kafka_message_t *record;

	while ((record = rd_kafka_event_message_next(event)) != NULL)
		take_record(f, record);
	kafka_trouble_end(&f->trouble);
}

static void take_error(struct follower *f, rd_kafka_event_t *event)
{
	const rd_kafka_resp_err_t err = rd_kafka_event_error(event);

	if (err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
		rd_kafka_topic_partition_t *end = rd_kafka_event_topic_partition(event);

		newest_end(f->newest, (unsigned)end->partition);
		rd_kafka_topic_partition_destroy(end);
		kafka_trouble_end(&f->trouble);
		return;
	}
	const bool had = f->trouble.weight > 0;
	kafka_trouble_take(&f->trouble, err, rd_kafka_event_error_string(event), f->config);
	if (had || f->trouble.weight == 0)
		return;
	f->answers = topic_check_answers(f->check);
	topic_check_hurry(f->check);
}

/* False: there was nothing. */
static bool take_event(struct follower *f, rd_kafka_queue_t *queue)
{
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 0);

	if (event == NULL)
		return false;
	if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_FETCH)
		take_records(f, event);
	else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
		take_error(f, event);
	rd_kafka_event_destroy(event);
	return true;
}

/* What a turn has left is for the next one. */
static void take_events(struct follower *f)
{
	static const uint64_t one = 1;
	const uint64_t until = now_ns(CLOCK_MONOTONIC) + TURN_NS;

	while (take_event(f, f->events) || take_event(f, f->records)) {
		if (now_ns(CLOCK_MONOTONIC) < until)
			continue;
		(void)!write(f->wake, &one, sizeof(one));
		return;
	}
}

void follower_serve(struct follower *f)
{
	take_events(f);
	newest_flush(f->newest, now_ns(CLOCK_REALTIME));
	f->topics = topic_check_serve(f->check, f->wrong);
	if (topic_check_answers(f->check) != f->answers)
		kafka_trouble_answered(&f->trouble);
}

void follower_close(struct follower *f)
{
	topic_check_close(f->check);
	for (unsigned i = 0; i < f->started; i++)
		rd_kafka_consume_stop(f->topic, (int32_t)i);
	if (f->topic != NULL)
		rd_kafka_topic_destroy(f->topic);
	if (f->records != NULL)
		rd_kafka_queue_destroy(f->records);
	if (f->events != NULL)
		rd_kafka_queue_destroy(f->events);
	if (f->rk != NULL)
		rd_kafka_destroy(f->rk);
	kafka_trouble_forget(&f->trouble);
	newest_free(f->newest);
	free(f);
}

void follower_read_status(const struct follower *f, struct follower_status *out)
{
	newest_read_status(f->newest, out);
	strcpy(out->complaint, f->topics == TOPICS_WRONG ? f->wrong : f->trouble.sentence);
}

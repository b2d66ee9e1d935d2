/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Partitions come and go by the protocol of consumer groups, cooperatively: those that stay go on
 * undisturbed. What the group has committed is never read from: tallies are state, and are read
 * from their beginning.
 */
#include "control/cluster/log.h"
#include "control/cluster/merger_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TURN_MS = 100 };

static int open_group(struct merger *m, char *error, size_t cap)
{
	/* A merger that has died is missed for as long as a session lasts. */
	const char *session = kafka_option(m->cluster, "session.timeout.ms", "session.timeout.ms");
	const char *beat =
		kafka_option(m->cluster, "heartbeat.interval.ms", "heartbeat.interval.ms");
	const struct kafka_own_option own[] = {
		{"group.id", m->cluster->group},
		{"isolation.level", "read_committed"},
		{"enable.auto.commit", "false"},
		{"enable.auto.offset.store", "false"},
		{"auto.offset.reset", "earliest"},
		{"enable.partition.eof", "true"},
		{"partition.assignment.strategy", "cooperative-sticky"},
		{"fetch.wait.max.ms", "100"},
		{"session.timeout.ms", session != NULL ? session : "6000"},
		{"heartbeat.interval.ms", beat != NULL ? beat : "1500"},
		{NULL, NULL},
	};
	int ret = kafka_open(&m->group, RD_KAFKA_CONSUMER, RD_KAFKA_EVENT_REBALANCE, m->cluster,
		own, m, error, cap);

	if (ret < 0)
		return ret;
	rd_kafka_poll_set_consumer(m->group);
	m->events = rd_kafka_queue_get_consumer(m->group);
	return 0;
}

static int open_reader(struct merger *m, char *error, size_t cap)
{
	static const struct kafka_own_option own[] = {
		{"isolation.level", "read_committed"},
		{"enable.auto.commit", "false"},
		{"auto.offset.reset", "earliest"},
		{"enable.partition.eof", "true"},
		{"fetch.wait.max.ms", "100"},
		{NULL, NULL},
	};
	int ret = kafka_open(&m->reader, RD_KAFKA_CONSUMER, 0, m->cluster, own, m, error, cap);

	if (ret < 0)
		return ret;
	m->frames = rd_kafka_topic_new(m->reader, m->cluster->frames, NULL);
	if (m->frames == NULL) {
		snprintf(error, cap, "cluster.frames: '%s' is no name of a topic: %s",
			m->cluster->frames, rd_kafka_err2str(rd_kafka_last_error()));
		return -EINVAL;
	}
	return 0;
}

int merger_group_open(struct merger *m, char *error, size_t cap)
{
	int ret = open_group(m, error, cap);

	if (ret == 0)
		ret = open_reader(m, error, cap);
	if (ret == 0) {
		m->check = topic_check_open(
			m->reader, m->cluster, TOPIC_TALLIES | TOPIC_FRAMES, m->wake);
		if (m->check == NULL) {
			snprintf(error, cap, "no memory to look at the topics of the cluster");
			ret = -ENOMEM;
		}
	}
	if (ret < 0)
		merger_group_close(m);
	return ret;
}

/* False: the group did not let us, or is being left, which makes nothing of it. */
static bool assign(struct merger *m, rd_kafka_topic_partition_list_t *list)
{
	rd_kafka_error_t *error = rd_kafka_incremental_assign(m->group, list);

	if (error != NULL) {
		LOG_ERROR("the group's partitions are not taken: %s", rd_kafka_error_string(error));
		rd_kafka_error_destroy(error);
		return false;
	}
	return !atomic_load(&m->stopping);
}

static void take_partitions(struct merger *m, rd_kafka_topic_partition_list_t *list)
{
	for (int i = 0; i < list->cnt; i++)
		merger_share_queue(m, &list->elems[i]);
	bool taken = assign(m, list);
	for (int i = 0; i < list->cnt; i++) {
		struct share *s = merger_share(m, &list->elems[i]);

		if (s != NULL && taken)
			merger_share_begin(s);
		else if (s != NULL && !s->runs)
			merger_share_drop_queue(s);
	}
}

/* Their last transaction is through, or given up, before another merger gets them. */
static void give_partitions(struct merger *m, rd_kafka_topic_partition_list_t *list)
{
	for (int i = 0; i < list->cnt; i++) {
		if (merger_share(m, &list->elems[i]) != NULL)
			atomic_store(&merger_share(m, &list->elems[i])->stopping, true);
	}
	for (int i = 0; i < list->cnt; i++) {
		if (merger_share(m, &list->elems[i]) != NULL)
			merger_share_end(merger_share(m, &list->elems[i]));
	}
	rd_kafka_error_t *error = rd_kafka_incremental_unassign(m->group, list);
	if (error != NULL) {
		LOG_WARNING("the group's partitions are not given back: %s",
			rd_kafka_error_string(error));
		rd_kafka_error_destroy(error);
	}
}

static void take_rebalance(struct merger *m, rd_kafka_event_t *event)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_event_topic_partition_list(event);

	pthread_mutex_lock(&m->lock);
	m->status.rebalances++;
	pthread_mutex_unlock(&m->lock);
	kafka_trouble_end(&m->trouble);
	if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
		take_partitions(m, list);
	else
		give_partitions(m, list);
}

static void take_trouble(struct merger *m, rd_kafka_event_t *event)
{
	bool had = m->trouble.weight != 0;

	kafka_trouble_take(&m->trouble, rd_kafka_event_error(event),
		rd_kafka_event_error_string(event), m->cluster);
	if (had || m->trouble.weight == 0 || m->check == NULL)
		return;
	m->answers = topic_check_answers(m->check);
	topic_check_hurry(m->check);
}

static void take_event(struct merger *m, rd_kafka_event_t *event)
{
	if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE)
		take_rebalance(m, event);
	else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
		take_trouble(m, event);
	rd_kafka_event_destroy(event);
}

/* Of the topics, or of the brokers, or of ourselves. */
static void complain(struct merger *m, const char *topics, unsigned waiting)
{
	char sentence[KAFKA_SENTENCE_MAX];

	snprintf(
		sentence, sizeof(sentence), "%s", topics[0] != '\0' ? topics : m->trouble.sentence);
	if (sentence[0] == '\0' && waiting > 0)
		snprintf(sentence, sizeof(sentence),
			"there are no threads for %u of our partitions, which have no frames: "
			"raise the limit of tasks (systemd: TasksMax)",
			waiting);
	pthread_mutex_lock(&m->lock);
	memcpy(m->status.complaint, sentence, sizeof(m->status.complaint));
	pthread_mutex_unlock(&m->lock);
}

/* What is wrong with the topics keeps us out of the group; nobody else is waited for then. */
static void look_at_topics(struct merger *m, char wrong[KAFKA_SENTENCE_MAX])
{
	enum topic_state topics = topic_check_serve(m->check, wrong);

	if (m->trouble.weight != 0 && topic_check_answers(m->check) != m->answers)
		kafka_trouble_answered(&m->trouble);
	if (topics == TOPICS_GOOD && !m->subscribed) {
		rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

		rd_kafka_topic_partition_list_add(list, m->cluster->tallies, RD_KAFKA_PARTITION_UA);
		m->subscribed = rd_kafka_subscribe(m->group, list) == RD_KAFKA_RESP_ERR_NO_ERROR;
		rd_kafka_topic_partition_list_destroy(list);
	}
}

/* Errors of the reader are those of the shares that read: each sees that it comes to no end. */
static void serve_reader(struct merger *m)
{
	rd_kafka_poll(m->reader, 0);
}

void merger_group_serve(struct merger *m)
{
	char wrong[KAFKA_SENTENCE_MAX];
	rd_kafka_event_t *event = rd_kafka_queue_poll(m->events, TURN_MS);

	if (event != NULL)
		take_event(m, event);
	serve_reader(m);
	look_at_topics(m, wrong);
	complain(m, wrong, merger_shares_begin(m));
}

/* In order: the others have our partitions at once. */
static void leave_group(struct merger *m)
{
	rd_kafka_error_t *error = rd_kafka_consumer_close_queue(m->group, m->events);

	if (error != NULL) {
		rd_kafka_error_destroy(error);
		return;
	}
	while (!rd_kafka_consumer_closed(m->group)) {
		rd_kafka_event_t *event = rd_kafka_queue_poll(m->events, TURN_MS);

		if (event != NULL)
			take_event(m, event);
	}
}

/* librdkafka before 2.3.0 aborts when a member is destroyed that has joined, but was never told its
 * partitions (its issue 4312). We are about to end: it may stay. */
static void destroy_group(struct merger *m)
{
	bool told = !m->subscribed || m->status.rebalances > 0;

	rd_kafka_queue_destroy(m->events);
	if (told || rd_kafka_version() >= 0x020300ff)
		rd_kafka_destroy(m->group);
}

void merger_group_close(struct merger *m)
{
	if (m->group != NULL) {
		for (unsigned i = 0; i < m->cluster->partitions; i++)
			atomic_store(&m->shares[i].stopping, true);
		leave_group(m);
		for (unsigned i = 0; i < m->cluster->partitions; i++)
			merger_share_end(&m->shares[i]);
		topic_check_close(m->check);
		destroy_group(m);
	}
	if (m->frames != NULL)
		rd_kafka_topic_destroy(m->frames);
	if (m->reader != NULL)
		rd_kafka_destroy(m->reader);
}

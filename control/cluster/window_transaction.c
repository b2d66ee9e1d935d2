/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/window_transaction.h"

#include <errno.h>
#include <stdio.h>

enum {
	TRY_MS = 500, // so long a stop may have to wait
	ID_MAX = 300,
};

static const char transaction_ms[] = "10000";

void window_transaction_serve(struct window_transaction *t, struct kafka_trouble *trouble)
{
	rd_kafka_event_t *event;

	while ((event = rd_kafka_queue_poll(t->events, 0)) != NULL) {
		if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
			kafka_trouble_take(trouble, rd_kafka_event_error(event),
				rd_kafka_event_error_string(event), t->cluster);
		rd_kafka_event_destroy(event);
	}
}

static void take_error(
	const struct window_transaction *t, rd_kafka_error_t *error, struct kafka_trouble *trouble)
{
	kafka_trouble_take(
		trouble, rd_kafka_error_code(error), rd_kafka_error_string(error), t->cluster);
	rd_kafka_error_destroy(error);
}

/* Whoever had the partition before cannot publish any more when this returns 0. */
static int fence(
	struct window_transaction *t, const atomic_bool *stopping, struct kafka_trouble *trouble)
{
	while (!atomic_load(stopping)) {
		rd_kafka_error_t *error = rd_kafka_init_transactions(t->producer, TRY_MS);

		if (error == NULL)
			return 0;
		bool again = rd_kafka_error_is_retriable(error);
		if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__TIMED_OUT)
			take_error(t, error, trouble);
		else
			rd_kafka_error_destroy(error);
		window_transaction_serve(t, trouble);
		if (!again)
			return -EIO;
	}
	return -ECANCELED;
}

static int open_producer(struct window_transaction *t, struct kafka_trouble *trouble)
{
	char id[ID_MAX], error[KAFKA_SENTENCE_MAX];
	const struct kafka_own_option own[] = {
		{"transactional.id", id},
		{"transaction.timeout.ms", transaction_ms},
		{"message.timeout.ms", transaction_ms},
		{"compression.codec", kafka_codec(t->cluster)},
		/* All channels of a partition, and the catalogue. */
		{"queue.buffering.max.messages", "200000"},
		{"message.max.bytes", "2000000"},
		{NULL, NULL},
	};

	snprintf(id, sizeof(id), "%s-frames-%u", t->cluster->group, t->partition);
	int ret = kafka_open(
		&t->producer, RD_KAFKA_PRODUCER, 0, t->cluster, own, NULL, error, sizeof(error));
	if (ret < 0) {
		kafka_trouble_take(trouble, RD_KAFKA_RESP_ERR__INVALID_ARG, error, t->cluster);
		return ret;
	}
	t->events = rd_kafka_queue_get_main(t->producer);
	return 0;
}

int window_transaction_open(struct window_transaction *t, const struct config_cluster *cluster,
	unsigned partition, const atomic_bool *stopping, struct kafka_trouble *trouble)
{
	*t = (struct window_transaction){.cluster = cluster, .partition = partition};
	int ret = open_producer(t, trouble);

	if (ret < 0)
		return ret;
	ret = fence(t, stopping, trouble);
	if (ret < 0)
		window_transaction_close(t);
	return ret;
}

void window_transaction_close(struct window_transaction *t)
{
	if (t->producer == NULL)
		return;
	rd_kafka_purge(t->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	rd_kafka_queue_destroy(t->events);
	rd_kafka_destroy(t->producer);
	t->producer = NULL;
}

static bool begin(struct window_transaction *t)
{
	rd_kafka_error_t *error = rd_kafka_begin_transaction(t->producer);

	t->begun = error == NULL;
	t->bytes = 0;
	if (error != NULL)
		rd_kafka_error_destroy(error);
	return t->begun;
}

void window_transaction_put(struct window_transaction *t, const char *topic, const void *key,
	size_t key_len, const void *value, size_t len)
{
	if (!t->begun && (t->failed || !begin(t))) {
		t->failed = true;
		return;
	}
	rd_kafka_resp_err_t err = rd_kafka_producev(t->producer, RD_KAFKA_V_TOPIC(topic),
		RD_KAFKA_V_PARTITION((int32_t)t->partition),
		RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_len),
		RD_KAFKA_V_VALUE((void *)value, len), RD_KAFKA_V_END);

	t->failed = t->failed || err != RD_KAFKA_RESP_ERR_NO_ERROR;
	t->bytes += key_len + len;
}

static rd_kafka_error_t *send_offset(
	struct window_transaction *t, rd_kafka_t *group, int64_t next_offset)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_consumer_group_metadata_t *member = rd_kafka_consumer_group_metadata(group);

	rd_kafka_topic_partition_list_add(list, t->cluster->tallies, (int32_t)t->partition)
		->offset = next_offset;
	rd_kafka_error_t *error =
		rd_kafka_send_offsets_to_transaction(t->producer, list, member, -1);
	rd_kafka_consumer_group_metadata_destroy(member);
	rd_kafka_topic_partition_list_destroy(list);
	return error;
}

/* The group has given the partition to somebody else, or has put us out. */
static bool says_fenced(rd_kafka_resp_err_t err)
{
	return err == RD_KAFKA_RESP_ERR__FENCED ||
	       err == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH ||
	       err == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
	       err == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
	       err == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
	       err == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

static enum transaction_outcome give_up(
	struct window_transaction *t, rd_kafka_error_t *error, struct kafka_trouble *trouble)
{
	rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(t->producer, NULL, 0);
	bool fenced =
		(error != NULL && says_fenced(rd_kafka_error_code(error))) || says_fenced(fatal);
	bool abort = error == NULL || rd_kafka_error_txn_requires_abort(error);

	if (error != NULL && !fenced)
		take_error(t, error, trouble);
	else if (error != NULL)
		rd_kafka_error_destroy(error);
	if (abort && fatal == RD_KAFKA_RESP_ERR_NO_ERROR) {
		rd_kafka_error_t *failure = rd_kafka_abort_transaction(t->producer, -1);

		if (failure == NULL)
			return fenced ? TRANSACTION_FENCED : TRANSACTION_ABORTED;
		take_error(t, failure, trouble);
	}
	return fenced ? TRANSACTION_FENCED : TRANSACTION_UNKNOWN;
}

static enum transaction_outcome end(struct window_transaction *t, rd_kafka_t *group,
	int64_t next_offset, struct kafka_trouble *trouble)
{
	rd_kafka_error_t *error = NULL;

	if (t->failed)
		return t->begun ? give_up(t, NULL, trouble) : TRANSACTION_UNKNOWN;
	if (!t->begun) {
		t->bytes = 0;
		return TRANSACTION_COMMITTED;
	}
	error = send_offset(t, group, next_offset);
	if (error == NULL)
		error = rd_kafka_commit_transaction(t->producer, -1);
	if (error != NULL)
		return give_up(t, error, trouble);
	kafka_trouble_end(trouble);
	return TRANSACTION_COMMITTED;
}

enum transaction_outcome window_transaction_end(struct window_transaction *t, rd_kafka_t *group,
	int64_t next_offset, struct kafka_trouble *trouble)
{
	enum transaction_outcome outcome = end(t, group, next_offset, trouble);

	t->begun = t->failed = false;
	return outcome;
}

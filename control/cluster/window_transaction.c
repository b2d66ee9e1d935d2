/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/window_transaction.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	TRY_MS = 500,           // so long a stop may have to wait
	TRIES_TO_FENCE = 10,    // before there is a reason to complain: brokers begin, too
	TRIES_TO_END = 20,      // then it has taken as long as it may
	OFFSET_MS = 5000,       // a stop waits for that, too
	TRANSACTION_MS = 10000, // readers wait for one that is left open
	ID_MAX = 300,
	MS_MAX = 24,
};

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

/* librdkafka wants room for a request in it. */
static void set_transaction_ms(const struct config_cluster *cluster, char out[MS_MAX])
{
	const char *socket = kafka_option(cluster, "socket.timeout.ms", "socket.timeout.ms");
	long ms = socket != NULL ? strtol(socket, NULL, 10) : 0;

	snprintf(out, MS_MAX, "%ld", ms > TRANSACTION_MS ? ms : TRANSACTION_MS);
}

static int open_producer(struct window_transaction *t, struct kafka_trouble *trouble)
{
	char id[ID_MAX], transaction_ms[MS_MAX], error[KAFKA_SENTENCE_MAX];
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

	set_transaction_ms(t->cluster, transaction_ms);
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
	unsigned partition, struct kafka_trouble *trouble)
{
	*t = (struct window_transaction){.cluster = cluster, .partition = partition};
	return open_producer(t, trouble);
}

int window_transaction_fence(struct window_transaction *t, struct kafka_trouble *trouble)
{
	rd_kafka_error_t *error = rd_kafka_init_transactions(t->producer, TRY_MS);

	if (error == NULL)
		return 0;
	bool again = rd_kafka_error_is_retriable(error);
	if (!again || ++t->tries > TRIES_TO_FENCE)
		take_error(t, error, trouble);
	else
		rd_kafka_error_destroy(error);
	window_transaction_serve(t, trouble);
	return again ? -EAGAIN : -EIO;
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

static rd_kafka_resp_err_t begin(struct window_transaction *t)
{
	rd_kafka_error_t *error = rd_kafka_begin_transaction(t->producer);
	rd_kafka_resp_err_t err = rd_kafka_error_code(error);

	t->begun = error == NULL;
	t->bytes = 0;
	if (error != NULL)
		rd_kafka_error_destroy(error);
	return err;
}

void window_transaction_put(struct window_transaction *t, const char *topic, const void *key,
	size_t key_len, const void *value, size_t len)
{
	if (t->refused == RD_KAFKA_RESP_ERR_NO_ERROR && !t->begun)
		t->refused = begin(t);
	if (t->refused != RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	t->refused = rd_kafka_producev(t->producer, RD_KAFKA_V_TOPIC(topic),
		RD_KAFKA_V_PARTITION((int32_t)t->partition),
		RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
		RD_KAFKA_V_KEY(key, key_len), RD_KAFKA_V_VALUE((void *)value, len), RD_KAFKA_V_END);
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
		rd_kafka_send_offsets_to_transaction(t->producer, list, member, OFFSET_MS);
	rd_kafka_consumer_group_metadata_destroy(member);
	rd_kafka_topic_partition_list_destroy(list);
	return error;
}

static bool says_fenced(rd_kafka_resp_err_t err)
{
	return err == RD_KAFKA_RESP_ERR__FENCED ||
	       err == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH ||
	       err == RD_KAFKA_RESP_ERR_PRODUCER_FENCED;
}

/* Members come and go, and we do not know the group's new generation yet; or it has put us out,
 * which it will tell us. */
static bool says_rebalance(rd_kafka_resp_err_t err)
{
	return err == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
	       err == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
	       err == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS;
}

/* Returns whether we are fenced. */
static bool take_failure(
	struct window_transaction *t, rd_kafka_error_t *error, struct kafka_trouble *trouble)
{
	rd_kafka_resp_err_t err = rd_kafka_error_code(error);
	bool fenced = says_fenced(err) || says_fenced(rd_kafka_fatal_error(t->producer, NULL, 0));

	if (fenced || says_rebalance(err))
		rd_kafka_error_destroy(error);
	else
		take_error(t, error, trouble);
	return fenced;
}

/* Without a time-out librdkafka waits for brokers that are away for as long as they are. */
static rd_kafka_error_t *insist(struct window_transaction *t,
	rd_kafka_error_t *(*step)(rd_kafka_t *producer, int timeout_ms),
	const struct transaction_patience *patience)
{
	rd_kafka_error_t *error = step(t->producer, TRY_MS);

	for (unsigned n = 1; error != NULL && rd_kafka_error_is_retriable(error); n++) {
		if (n == TRIES_TO_END || !patience->goes_on(patience->context))
			break;
		rd_kafka_error_destroy(error);
		error = step(t->producer, TRY_MS);
	}
	return error;
}

static enum transaction_outcome give_up(struct window_transaction *t,
	const struct transaction_patience *patience, struct kafka_trouble *trouble)
{
	rd_kafka_error_t *error = insist(t, rd_kafka_abort_transaction, patience);

	if (error == NULL)
		return TRANSACTION_ABORTED;
	return take_failure(t, error, trouble) ? TRANSACTION_FENCED : TRANSACTION_UNKNOWN;
}

static enum transaction_outcome refuse(struct window_transaction *t,
	const struct transaction_patience *patience, struct kafka_trouble *trouble)
{
	kafka_trouble_take(trouble, t->refused, NULL, t->cluster);
	if (t->begun)
		return give_up(t, patience, trouble);
	return says_fenced(rd_kafka_fatal_error(t->producer, NULL, 0)) ? TRANSACTION_FENCED
								       : TRANSACTION_UNKNOWN;
}

static enum transaction_outcome commit(struct window_transaction *t, rd_kafka_t *group,
	int64_t next_offset, const struct transaction_patience *patience,
	struct kafka_trouble *trouble)
{
	rd_kafka_error_t *error = send_offset(t, group, next_offset);

	if (error == NULL)
		error = insist(t, rd_kafka_commit_transaction, patience);
	if (error == NULL) {
		kafka_trouble_end(trouble);
		return TRANSACTION_COMMITTED;
	}
	bool abort = rd_kafka_error_txn_requires_abort(error);
	if (take_failure(t, error, trouble))
		return TRANSACTION_FENCED;
	return abort ? give_up(t, patience, trouble) : TRANSACTION_UNKNOWN;
}

static enum transaction_outcome end(struct window_transaction *t, rd_kafka_t *group,
	int64_t next_offset, const struct transaction_patience *patience,
	struct kafka_trouble *trouble)
{
	if (t->refused != RD_KAFKA_RESP_ERR_NO_ERROR)
		return refuse(t, patience, trouble);
	if (t->begun)
		return commit(t, group, next_offset, patience, trouble);
	t->bytes = 0;
	return TRANSACTION_COMMITTED;
}

enum transaction_outcome window_transaction_end(struct window_transaction *t, rd_kafka_t *group,
	int64_t next_offset, const struct transaction_patience *patience,
	struct kafka_trouble *trouble)
{
	enum transaction_outcome outcome = end(t, group, next_offset, patience, trouble);

	t->begun = false;
	t->refused = RD_KAFKA_RESP_ERR_NO_ERROR;
	return outcome;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A partition comes to us. Its records are read from their beginning: what the group has committed
 * is never read from.
 */
#include "control/cluster/log.h"
#include "control/cluster/share.h"

#include <errno.h>
#include <string.h>

enum { ASK_MS = 3000 }; // that brokers may take to say where a partition begins or ends

static rd_kafka_topic_partition_list_t *tallies_at(const struct share *s, int64_t offset)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

	rd_kafka_topic_partition_list_add(list, s->merger->cluster->tallies, (int32_t)s->number)
		->offset = offset;
	return list;
}

/* The group refuses a position from whoever is no member. */
static rd_kafka_resp_err_t ask_group(struct share *s)
{
	rd_kafka_topic_partition_list_t *list = tallies_at(s, s->next_offset);
	rd_kafka_queue_t *answers = rd_kafka_queue_new(s->merger->group);
	rd_kafka_resp_err_t err =
		rd_kafka_commit_queue(s->merger->group, list, answers, NULL, NULL);
	rd_kafka_event_t *answer = NULL;

	while (err == RD_KAFKA_RESP_ERR_NO_ERROR && answer == NULL && !share_stops(s))
		answer = rd_kafka_queue_poll(answers, SHARE_TURN_MS);
	if (answer != NULL)
		err = rd_kafka_event_error(answer);
	rd_kafka_event_destroy(answer);
	rd_kafka_queue_destroy(answers);
	rd_kafka_topic_partition_list_destroy(list);
	return err;
}

bool share_await_membership(struct share *s)
{
	while (!share_stops(s)) {
		if (!rd_kafka_assignment_lost(s->merger->group) &&
			ask_group(s) == RD_KAFKA_RESP_ERR_NO_ERROR)
			return !share_stops(s);
		share_pause(s, SHARE_AGAIN_MS);
	}
	return false;
}

static int open_transaction(struct share *s)
{
	int ret = window_transaction_open(
		&s->transaction, s->merger->cluster, s->number, &s->trouble);

	if (ret < 0)
		return ret;
	do {
		ret = window_transaction_fence(&s->transaction, &s->trouble);
		share_show(s, false);
	} while (ret == -EAGAIN && !share_stops(s));
	return ret;
}

static int make_partition(struct share *s)
{
	const struct partition_watch watch = {.event = share_event, .context = s};
	struct merger *m = s->merger;

	pthread_mutex_lock(&m->lock);
	s->rules = merger_rules_hold(m->rules);
	pthread_mutex_unlock(&m->lock);
	s->seen = (struct share_seen){0};
	s->next_offset = 0;
	s->catalogue_is_there = false;
	return partition_make(
		&s->partition, s->number, m->cluster->partitions, &s->rules->rules, &watch);
}

static void take_frame(struct share *s, const rd_kafka_message_t *m)
{
	uint16_t channel;

	if (record_frame_key_decode(m->key, m->key_len, &channel) == 0 &&
		channel == RECORD_NO_CHANNEL) {
		s->catalogue_is_there = m->len == s->rules->document_len &&
					memcmp(m->payload, s->rules->document, m->len) == 0;
		return;
	}
	partition_frames_record(s->partition, m->key, m->key_len, m->payload, m->len);
}

/* Until an end that is not before that offset, or until it is to stop. */
static int read_to(struct share *s, rd_kafka_queue_t *queue, int64_t offset,
	void (*take)(struct share *s, const rd_kafka_message_t *m))
{
	while (!share_stops(s)) {
		share_take(s, queue, SHARE_TURN_MS, take);
		if (s->end_offset != RD_KAFKA_OFFSET_INVALID && s->end_offset >= offset)
			return 0;
		share_show(s, false);
	}
	return -ECANCELED;
}

/* A leader that has just become one may take an earlier place for the end until it has heard from
 * its followers; asked for the end, it says that it does not know yet. */
static int find_end(struct share *s, const char *topic, int64_t *end)
{
	int64_t begin;
	rd_kafka_resp_err_t err = rd_kafka_query_watermark_offsets(
		s->merger->reader, topic, (int32_t)s->number, &begin, end, ASK_MS);

	if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
		return 0;
	kafka_trouble_take(&s->trouble, err, NULL, s->merger->cluster);
	return -EIO;
}

static int read_frames(struct share *s)
{
	struct merger *m = s->merger;
	int64_t end;
	int ret = find_end(s, m->cluster->frames, &end);

	if (ret < 0)
		return ret;
	rd_kafka_queue_t *queue = rd_kafka_queue_new(m->reader);
	ret = -EIO;
	if (rd_kafka_consume_start_queue(
		    m->frames, (int32_t)s->number, RD_KAFKA_OFFSET_BEGINNING, queue) == 0) {
		ret = read_to(s, queue, end, take_frame);
		rd_kafka_consume_stop(m->frames, (int32_t)s->number);
	}
	rd_kafka_queue_destroy(queue);
	return ret;
}

/* The group has read here before: back to the beginning. */
static int rewind_tallies(struct share *s)
{
	rd_kafka_topic_partition_list_t *list = tallies_at(s, RD_KAFKA_OFFSET_BEGINNING);
	rd_kafka_error_t *error = rd_kafka_seek_partitions(s->merger->group, list, ASK_MS);
	rd_kafka_resp_err_t err = list->elems[0].err;
	bool fails = error != NULL || err != RD_KAFKA_RESP_ERR_NO_ERROR;

	rd_kafka_topic_partition_list_destroy(list);
	if (error != NULL)
		rd_kafka_error_destroy(error);
	return fails ? -EIO : 0;
}

static int read_tallies(struct share *s)
{
	int64_t end;
	int ret = find_end(s, s->merger->cluster->tallies, &end);

	if (ret == 0 && s->read_before)
		ret = rewind_tallies(s);
	if (ret < 0)
		return ret;
	s->read_before = true;
	return read_to(s, s->queue, end, share_take_tally);
}

int share_take_over(struct share *s)
{
	int ret = open_transaction(s);

	if (ret == 0)
		ret = make_partition(s);
	if (ret == 0)
		ret = read_frames(s);
	if (ret == 0)
		ret = read_tallies(s);
	if (ret == 0) {
		partition_begin(s->partition, share_wall_ms());
		kafka_trouble_end(&s->trouble);
		LOG_DEBUG("partition %u is taken over", s->number);
	}
	return ret;
}

void share_let_go(struct share *s)
{
	share_show(s, false);
	window_transaction_close(&s->transaction);
	partition_free(s->partition);
	s->partition = NULL;
	merger_rules_drop(s->rules);
	s->rules = NULL;
}

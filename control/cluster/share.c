/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One partition of ours. Taking it over: whoever had it is fenced; then what it has published and
 * what the nodes have counted is read to the end; then windows are closed as they come. Whatever
 * happens to a transaction whose outcome is not known, the partition is taken over again, and what
 * is in the topics says what came of it.
 */
#include "control/cluster/log.h"
#include "control/cluster/merger_state.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	TURN_MS = 100,
	AGAIN_MS = 500,    // after a transaction that did not come through
	FENCED_MS = 10000, // another one has it: the group is to tell us, or that we have it
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t wall_ms(void)
{
	return now_ns(CLOCK_REALTIME) / 1000000;
}

static bool stops(const struct share *s)
{
	return atomic_load(&s->stopping);
}

static void pause_ms(const struct share *s, int ms)
{
	for (; ms > 0 && !stops(s); ms -= TURN_MS)
		poll(NULL, 0, TURN_MS);
}

/* --- what others see of it ------------------------------------------------------------------- */

static void add_grown(uint64_t *to, uint64_t *seen, uint64_t now)
{
	*to += now - *seen;
	*seen = now;
}

static void show(struct share *s, bool serves)
{
	struct merger *m = s->merger;
	struct partition_stats now = {0};
	unsigned n = 0;

	if (s->partition != NULL) {
		partition_read_stats(s->partition, &now);
		n = partition_nodes(s->partition, s->nodes, MERGER_NODES_MAX);
	}
	pthread_mutex_lock(&m->lock);
	s->serves = serves;
	memcpy(s->complaint, s->trouble.sentence, sizeof(s->complaint));
	if (s->partition != NULL) {
		s->stats = now;
		add_grown(&m->status.records, &s->seen.records, now.records);
		add_grown(&m->status.late, &s->seen.late, now.late);
		add_grown(&m->status.malformed, &s->seen.malformed, now.malformed);
		add_grown(
			&m->status.retired_refused, &s->seen.retired_refused, now.retired_refused);
		merger_nodes_take(&m->nodes, s->nodes, n);
	}
	pthread_mutex_unlock(&m->lock);
}

static void show_window(struct share *s, uint64_t ends_ms)
{
	struct merger *m = s->merger;
	uint64_t now = now_ns(CLOCK_REALTIME), ended = ends_ms * 1000000;

	pthread_mutex_lock(&m->lock);
	m->status.windows++;
	m->status.frames += s->frames;
	m->status.retired += s->retired;
	m->status.bytes += s->transaction.bytes;
	if (s->frames > 0)
		histogram_add(&m->status.close_ns, now > ended ? now - ended : 0);
	pthread_mutex_unlock(&m->lock);
}

static void count(struct share *s, uint64_t *counter)
{
	pthread_mutex_lock(&s->merger->lock);
	(*counter)++;
	pthread_mutex_unlock(&s->merger->lock);
}

static void on_event(void *context, enum partition_event event, const char *node, uint64_t value)
{
	struct share *s = context;

	pthread_mutex_lock(&s->merger->lock);
	merger_nodes_event(&s->merger->nodes, event, node, value);
	pthread_mutex_unlock(&s->merger->lock);
}

/* --- taking over ------------------------------------------------------------------------------ */

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

static void take_tally(struct share *s, const rd_kafka_message_t *m)
{
	s->next_offset = m->offset + 1;
	s->read_before = true;
	partition_tallies_record(s->partition, m->key, m->key_len, m->payload, m->len);
}

static bool is_end(const struct share *s, rd_kafka_event_t *event)
{
	if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR__PARTITION_EOF)
		return false;
	rd_kafka_topic_partition_t *p = rd_kafka_event_topic_partition(event);
	bool ours = p != NULL && p->partition == (int32_t)s->number;
	if (p != NULL)
		rd_kafka_topic_partition_destroy(p);
	return ours;
}

/* What comes within so many milliseconds goes to take. Returns whether that was the end, for now,
 * of the partition. */
static bool take_next(struct share *s, rd_kafka_queue_t *queue, int wait_ms,
	void (*take)(struct share *s, const rd_kafka_message_t *m))
{
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, wait_ms);
	const rd_kafka_message_t *m;
	bool ends = false;

	if (event == NULL)
		return false;
	if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_FETCH) {
		while ((m = rd_kafka_event_message_next(event)) != NULL)
			take(s, m);
	} else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
		ends = is_end(s, event);
		if (!ends)
			kafka_trouble_take(&s->trouble, rd_kafka_event_error(event),
				rd_kafka_event_error_string(event), s->merger->cluster);
	}
	rd_kafka_event_destroy(event);
	return ends;
}

/* Until the end, or until it is to stop. */
static int read_all(struct share *s, rd_kafka_queue_t *queue,
	void (*take)(struct share *s, const rd_kafka_message_t *m))
{
	while (!stops(s)) {
		if (take_next(s, queue, TURN_MS, take))
			return 0;
		show(s, false);
	}
	return -ECANCELED;
}

static int read_frames(struct share *s)
{
	struct merger *m = s->merger;
	rd_kafka_queue_t *queue = rd_kafka_queue_new(m->reader);
	int ret = -EIO;

	if (rd_kafka_consume_start_queue(
		    m->frames, (int32_t)s->number, RD_KAFKA_OFFSET_BEGINNING, queue) == 0) {
		ret = read_all(s, queue, take_frame);
		rd_kafka_consume_stop(m->frames, (int32_t)s->number);
	}
	rd_kafka_queue_destroy(queue);
	return ret;
}

/* The group has read here before: back to the beginning. */
static int rewind_tallies(struct share *s)
{
	rd_kafka_topic_partition_list_t *list;

	if (!s->read_before)
		return 0;
	list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, s->merger->cluster->tallies, (int32_t)s->number)
		->offset = RD_KAFKA_OFFSET_BEGINNING;
	rd_kafka_error_t *error = rd_kafka_seek_partitions(s->merger->group, list, AGAIN_MS * 10);
	rd_kafka_resp_err_t err = list->elems[0].err;
	rd_kafka_topic_partition_list_destroy(list);
	if (error != NULL)
		rd_kafka_error_destroy(error);
	if (error != NULL || err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return -EIO;
	s->read_before = false;
	return 0;
}

static int make_partition(struct share *s)
{
	const struct partition_watch watch = {.event = on_event, .context = s};
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

static int take_over(struct share *s)
{
	int ret = window_transaction_open(
		&s->transaction, s->merger->cluster, s->number, &s->stopping, &s->trouble);

	if (ret == 0)
		ret = make_partition(s);
	if (ret == 0)
		ret = read_frames(s);
	if (ret == 0)
		ret = rewind_tallies(s);
	if (ret == 0)
		ret = read_all(s, s->queue, take_tally);
	if (ret == 0) {
		partition_begin(s->partition, wall_ms());
		kafka_trouble_end(&s->trouble);
		LOG_DEBUG("partition %u is taken over", s->number);
	}
	return ret;
}

static void let_go(struct share *s)
{
	show(s, false);
	window_transaction_close(&s->transaction);
	if (s->partition != NULL)
		partition_free(s->partition);
	s->partition = NULL;
	merger_rules_drop(s->rules);
	s->rules = NULL;
}

/* --- windows ---------------------------------------------------------------------------------- */

static bool has_room(struct share *s, size_t size)
{
	if (size <= s->record_cap)
		return true;
	uint8_t *larger = realloc(s->record, size);
	if (larger == NULL)
		return false;
	s->record = larger;
	s->record_cap = size;
	return true;
}

static void put_frame(void *context, const struct record_frame *f)
{
	struct share *s = context;
	uint8_t key[RECORD_FRAME_KEY];

	if (!has_room(s, record_frame_size(f))) {
		s->transaction.failed = true;
		return;
	}
	size_t len = record_frame_encode(f, s->record);
	window_transaction_put(&s->transaction, s->merger->cluster->frames, key,
		record_frame_key(f->channel, key), s->record, len);
	s->frames++;
}

static void put_tombstone(void *context, uint16_t channel, const struct record_source *source)
{
	struct share *s = context;
	const struct record_tally t = {.channel = channel, .source = *source};
	uint8_t key[RECORD_KEY_MAX];

	window_transaction_put(&s->transaction, s->merger->cluster->tallies, key,
		record_tally_key(&t, key), NULL, 0);
	s->retired++;
}

static void put_catalogue(struct share *s)
{
	uint8_t key[RECORD_FRAME_KEY];

	if (s->says_catalogue && !s->catalogue_is_there)
		window_transaction_put(&s->transaction, s->merger->cluster->frames, key,
			record_frame_key(RECORD_NO_CHANNEL, key), s->rules->document,
			s->rules->document_len);
}

static void take_rules(struct share *s)
{
	struct merger *m = s->merger;
	struct merger_rules *before = s->rules;

	pthread_mutex_lock(&m->lock);
	if (m->rules != before)
		s->rules = merger_rules_hold(m->rules);
	pthread_mutex_unlock(&m->lock);
	if (s->rules == before)
		return;
	partition_take_rules(s->partition, &s->rules->rules);
	s->catalogue_is_there = before->document_len == s->rules->document_len &&
				strcmp(before->document, s->rules->document) == 0 &&
				s->catalogue_is_there;
	merger_rules_drop(before);
}

/* Did the partition stay ours, in a state that we know? */
static bool conclude(struct share *s, enum transaction_outcome outcome)
{
	struct merger_status *status = &s->merger->status;
	struct partition_stats stats;

	switch (outcome) {
	case TRANSACTION_COMMITTED:
		partition_commit(s->partition);
		partition_read_stats(s->partition, &stats);
		s->catalogue_is_there = true;
		show_window(s, stats.ends);
		show(s, true);
		return true;
	case TRANSACTION_ABORTED:
		partition_abort(s->partition);
		count(s, &status->aborted);
		show(s, true);
		pause_ms(s, AGAIN_MS);
		return true;
	case TRANSACTION_FENCED:
		LOG_NOTICE("partition %u was taken over by another merger", s->number);
		count(s, &status->fenced);
		show(s, false);
		pause_ms(s, FENCED_MS);
		return false;
	default:
		count(s, &status->aborted);
		return false;
	}
}

static bool close_window(struct share *s)
{
	const struct partition_sink sink = {
		.frame = put_frame, .retire = put_tombstone, .context = s};

	s->frames = s->retired = 0;
	partition_close(s->partition, wall_ms(), &sink);
	put_catalogue(s);
	return conclude(s, window_transaction_end(
				   &s->transaction, s->merger->group, s->next_offset, &s->trouble));
}

static int wait_ms(uint64_t due, uint64_t now)
{
	return due - now < TURN_MS ? (int)(due - now) : TURN_MS;
}

static void serve(struct share *s)
{
	bool good = true;

	show(s, true);
	while (good && !stops(s)) {
		uint64_t now = wall_ms(), due = partition_due(s->partition, now);

		take_rules(s);
		window_transaction_serve(&s->transaction, &s->trouble);
		if (due <= now)
			good = close_window(s);
		else
			take_next(s, s->queue, wait_ms(due, now), take_tally);
	}
}

void *share_run(void *arg)
{
	struct share *s = arg;

	while (!stops(s)) {
		bool taken = take_over(s) == 0;

		if (taken)
			serve(s);
		let_go(s);
		if (!taken)
			pause_ms(s, AGAIN_MS);
	}
	free(s->record);
	s->record = NULL;
	s->record_cap = 0;
	return NULL;
}

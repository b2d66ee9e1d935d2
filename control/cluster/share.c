/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/share.h"

#include "control/cluster/log.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t share_clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t share_wall_ms(void)
{
	return share_clock_ns(CLOCK_REALTIME) / 1000000;
}

bool share_stops(const struct share *s)
{
	return atomic_load(&s->stopping);
}

void share_pause(const struct share *s, int ms)
{
	for (; ms > 0 && !share_stops(s); ms -= SHARE_TURN_MS)
		poll(NULL, 0, SHARE_TURN_MS);
}

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
		s->transaction.refused = RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
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
		share_show_window(s, stats.ends);
		share_show(s, true);
		return true;
	case TRANSACTION_ABORTED:
		partition_abort(s->partition);
		share_count(s, &status->aborted);
		share_show(s, true);
		share_pause(s, SHARE_AGAIN_MS);
		return true;
	case TRANSACTION_FENCED:
		LOG_NOTICE("partition %u: the brokers take no more windows of this producer: "
			   "another merger has opened the partition, or a window took too long",
			s->number);
		share_count(s, &status->fenced);
		return false;
	default:
		share_count(s, &status->aborted);
		return false;
	}
}

/* The brokers let us wait: why is shown meanwhile. */
static bool waits_on(void *context)
{
	struct share *s = context;

	window_transaction_serve(&s->transaction, &s->trouble);
	share_show(s, true);
	return !share_stops(s);
}

/* At the time at which it was due: later, another window may have ended. */
static bool close_window(struct share *s, uint64_t now_ms)
{
	const struct partition_sink sink = {
		.frame = put_frame, .retire = put_tombstone, .context = s};
	const struct transaction_patience patience = {.goes_on = waits_on, .context = s};

	s->frames = s->retired = 0;
	partition_close(s->partition, now_ms, &sink);
	put_catalogue(s);
	return conclude(s, window_transaction_end(&s->transaction, s->merger->group, s->next_offset,
				   &patience, &s->trouble));
}

static int wait_ms(uint64_t due, uint64_t now)
{
	return due - now < SHARE_TURN_MS ? (int)(due - now) : SHARE_TURN_MS;
}

/* Brokers that answer others answer us, too, even if we have nothing to say. */
static void look_at_trouble(struct share *s)
{
	struct topic_check *check = s->merger->check;
	bool was = s->troubled;

	s->troubled = s->trouble.weight != 0;
	if (!was && s->troubled) {
		s->answers = topic_check_answers(check);
		topic_check_hurry(check);
	} else if (s->troubled && topic_check_answers(check) != s->answers) {
		kafka_trouble_answered(&s->trouble);
	}
	if (was != s->troubled)
		share_show(s, true);
}

/* Reports that came while we waited for the brokers are not late. */
static void take_what_is_there(struct share *s)
{
	uint64_t until = share_clock_ns(CLOCK_MONOTONIC) + SHARE_TURN_MS * UINT64_C(1000000);

	while (share_take(s, s->queue, 0, share_take_tally) > 0 &&
		share_clock_ns(CLOCK_MONOTONIC) < until)
		;
}

static void serve(struct share *s)
{
	bool good = true;

	share_show(s, true);
	while (good && !share_stops(s)) {
		uint64_t now = share_wall_ms(), due = partition_due(s->partition, now);

		take_rules(s);
		window_transaction_serve(&s->transaction, &s->trouble);
		look_at_trouble(s);
		if (due > now) {
			share_take(s, s->queue, wait_ms(due, now), share_take_tally);
			continue;
		}
		take_what_is_there(s);
		good = close_window(s, now);
	}
}

/* Until the partition is to go, or has to be taken over anew. */
static void merge(struct share *s)
{
	bool taken = share_take_over(s) == 0;

	if (taken)
		serve(s);
	share_let_go(s);
	if (!taken)
		share_pause(s, SHARE_AGAIN_MS);
}

/* Whoever slept, and does not know yet that others have the partition, must not take it from them.
 */
void *share_run(void *arg)
{
	struct share *s = arg;

	s->troubled = false;
	do
		merge(s);
	while (share_await_membership(s));
	kafka_trouble_forget(&s->trouble);
	free(s->record);
	s->record = NULL;
	s->record_cap = 0;
	return NULL;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What control hands to the threads, and reads from them.
 */

#include "fanout/fanout.h"

#include "fanout/engine.h"
#include "fanout/stats.h"
#include "wire/limits.h"

#include <errno.h>
#include <string.h>

static void set_channel(struct fanout *f, uint16_t channel, uint32_t word)
{
	atomic_store_explicit(&f->states[channel], word, memory_order_release);
	for (unsigned i = 0; i < f->n_threads; i++)
		mailbox_mark(f->threads[i].mailbox, channel);
}

static void open_channel(struct fanout *f, uint16_t channel)
{
	uint32_t word = engine_channel(f, channel);

	if (channel_state(word) != CHANNEL_OPEN)
		set_channel(
			f, channel, (channel_opening(word) + 1) * CHANNEL_OPENING | CHANNEL_OPEN);
}

void fanout_open_channel(struct fanout *f, uint16_t channel)
{
	if (channel != WIRE_CHANNEL_NONE)
		open_channel(f, channel);
}

void fanout_close_channel(struct fanout *f, uint16_t channel)
{
	uint32_t word = engine_channel(f, channel);

	if (channel_state(word) != CHANNEL_OPEN)
		return;
	set_channel(f, channel, (word & ~(uint32_t)CHANNEL_STATE) | CHANNEL_CLOSED);
	fanout_flush(f);
}

static void publish(struct fanout *f, const struct fanout_frame *frame)
{
	uint32_t number = ++f->numbers[frame->channel];
	uint32_t opening = channel_opening(engine_channel(f, frame->channel));

	for (unsigned i = 0; i < f->n_threads; i++) {
		struct held_frame *held = held_frame_new(frame, number);

		if (held == NULL) {
			engine_log(f, FANOUT_ERROR, "channel %u: no memory for a frame",
				frame->channel);
			continue;
		}
		held->opening = opening;
		mailbox_put(f->threads[i].mailbox, held);
	}
}

void fanout_publish(struct fanout *f, const struct fanout_frame *frame)
{
	if (!engine_channel_is_open(f, frame->channel) || frame->binary_len > UINT16_MAX ||
		frame->json_len > FANOUT_JSON_MAX) {
		engine_log(f, FANOUT_ERROR, "channel %u: a frame was not sent: %s", frame->channel,
			engine_channel_is_open(f, frame->channel) ? "it is too long"
								  : "the channel is not open");
		return;
	}
	publish(f, frame);
}

void fanout_flush_window(struct fanout *f, uint64_t ended)
{
	atomic_store_explicit(&f->window_ended, ended, memory_order_release);
	fanout_flush(f);
}

void fanout_admit(struct fanout *f)
{
	atomic_store(&f->holding, false);
	fanout_flush(f);
}

void fanout_drain(struct fanout *f, unsigned milliseconds)
{
	atomic_store_explicit(&f->drain_ms, milliseconds, memory_order_release);
	fanout_flush(f);
}

unsigned fanout_connections(const struct fanout *f)
{
	return atomic_load_explicit(&f->connections, memory_order_relaxed);
}

void fanout_flush(struct fanout *f)
{
	for (unsigned i = 0; i < f->n_threads; i++)
		engine_wake(&f->threads[i]);
}

static void put_document(struct fanout *f, int index, struct document_version *v)
{
	for (unsigned i = 0; i < f->n_threads; i++)
		document_put(f->threads[i].documents, (unsigned)index, v);
}

int fanout_document_until(struct fanout *f, const char *path, const char *content_type,
	const char *text, uint64_t until, const char *late)
{
	int index = document_path_add(&f->paths, path);

	if (index < 0)
		return index;
	struct document_version *v =
		document_version_new(content_type, text, strlen(text), f->n_threads);
	if (v == NULL)
		return -ENOMEM;
	if (!document_version_until(v, until, late, strlen(late))) {
		document_version_free(v);
		return -ENOMEM;
	}
	put_document(f, index, v);
	return 0;
}

int fanout_document(
	struct fanout *f, const char *path, const char *content_type, const void *body, size_t len)
{
	int index = document_path_add(&f->paths, path);

	if (index < 0)
		return index;
	struct document_version *v = document_version_new(content_type, body, len, f->n_threads);
	if (v == NULL)
		return -ENOMEM;
	put_document(f, index, v);
	return 0;
}

int fanout_catalogue(struct fanout *f, const char *json, size_t len)
{
	const struct fanout_frame frame = {
		.channel = TOPIC_CATALOGUE, .json = json, .json_len = len};
	int ret = len > FANOUT_JSON_MAX
			  ? -EMSGSIZE
			  : fanout_document(f, "/v1/catalogue", "application/json", json, len);

	if (ret < 0)
		return ret;
	open_channel(f, TOPIC_CATALOGUE);
	publish(f, &frame);
	fanout_flush(f);
	return 0;
}

bool fanout_has_tls(const struct fanout *f)
{
	return f->tls.context != NULL;
}

int fanout_check_tls(const char *certificate, const char *key, char report[FANOUT_REPORT_MAX])
{
	struct tls_context *context;
	int ret = tls_context_load(&context, certificate, key, report, FANOUT_REPORT_MAX);

	if (ret >= 0)
		tls_context_unref(context);
	return ret;
}

void fanout_read_stats(const struct fanout *f, struct fanout_stats *out)
{
	*out = (struct fanout_stats){0};
	for (unsigned i = 0; i < f->n_threads; i++)
		stats_sum(out, &f->threads[i].stats);
}

void fanout_read_delivery(const struct fanout *f, struct fanout_delivery *out)
{
	*out = (struct fanout_delivery){0};
	for (unsigned i = 0; i < f->n_threads; i++) {
		const struct delivery *d = &f->threads[i].delivery;

		histogram_sum(&out->first, &d->first);
		histogram_sum(&out->median, &d->median);
		histogram_sum(&out->last, &d->last);
	}
}

void fanout_ask_slowest(struct fanout *f)
{
	for (unsigned i = 0; i < f->n_threads; i++)
		slowest_ask(&f->threads[i].slowest);
	fanout_flush(f);
}

bool fanout_slowest(
	const struct fanout *f, struct fanout_slow out[static FANOUT_SLOWEST_MAX], unsigned *n)
{
	bool all = true;

	*n = 0;
	for (unsigned i = 0; i < f->n_threads; i++) {
		const struct slowest *s = &f->threads[i].slowest;

		if (!slowest_is_answered(s)) {
			all = false;
			continue;
		}
		for (unsigned j = 0; j < s->n; j++)
			slowest_keep(out, n, &s->list[j]);
	}
	return all;
}

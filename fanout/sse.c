/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/sse.h"

#include "fanout/drain.h"
#include "fanout/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RETRY_MIN_MS = 1000, RETRY_SPAN_MS = 9000, SILENCE_SECONDS = 15 };

size_t sse_put(const struct held_frame *f, uint8_t *out)
{
	uint8_t *at =
		out + snprintf((char *)out, ENVELOPE_MAX, "id: %" PRIu32 "\ndata: ", f->window);

	memcpy(at, held_frame_json(f), f->json_len);
	at += f->json_len;
	*at++ = '\n';
	*at++ = '\n';
	return (size_t)(at - out);
}

static void on_closed(struct connection *c)
{
	c->state = NULL;
}

void sse_begin(struct connection *c)
{
	connection_set_deadline(c, SILENCE_SECONDS);
}

/*
 * Proxies end what is silent, often after a minute. If nothing has come since the last look, there
 * is a comment. The state is no pointer, but the stamp of what had come then.
 */
static void on_deadline(struct connection *c)
{
	void *stamp = (void *)(uintptr_t)c->thread->stamp;

	if (c->state == stamp && !c->blocked && !c->sending) {
		connection_put(c, buffer_copy(":\n\n", 3));
		connection_continue(c);
	}
	c->state = stamp;
	sse_begin(c);
}

/* Clients come back, but not all after the same time (eventsource: "retry"). */
static void on_stopping(struct connection *c)
{
	char text[64];
	int len = snprintf(text, sizeof(text), ": going away\nretry: %u\n\n",
		RETRY_MIN_MS + drain_random() % RETRY_SPAN_MS);

	connection_put(c, buffer_copy(text, (size_t)len));
	connection_finish(c);
}

static void on_input(struct connection *c, uint8_t *bytes, size_t len)
{
	/* The stream lasts until it is closed: no request can follow. */
}

const struct protocol sse_protocol = {
	.name = "sse",
	.encodings = {[TOPIC_JSON] = {ENCODING_SSE, ENCODING_SSE}},
	.gauge = offsetof(struct fanout_stats, sse),
	.on_input = on_input,
	.on_end = connection_watch,
	.on_deadline = on_deadline,
	.on_channels_ended = connection_finish,
	.on_stopping = on_stopping,
	.on_closed = on_closed,
};

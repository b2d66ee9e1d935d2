/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/tcp_sub.h"

#include "fanout/engine.h"
#include "fanout/input.h"
#include "fanout/socket_buffer.h"
#include "fanout/stats.h"
#include "fanout/sub_line.h"
#include "wire/bytes.h"

#include <stdio.h>
#include <stdlib.h>

size_t tcp_put_binary(const struct held_frame *f, uint8_t *out)
{
	store_be16(out, (uint16_t)f->binary_len);
	memcpy(out + 2, held_frame_binary(f), f->binary_len);
	return 2 + f->binary_len;
}

size_t tcp_put_json(const struct held_frame *f, uint8_t *out)
{
	memcpy(out, held_frame_json(f), f->json_len);
	out[f->json_len] = '\n';
	return f->json_len + 1;
}

static void refuse(struct connection *c, enum fanout_refusal reason, const char *sentence)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "ERR %s\n", sentence);

	connection_count_refusal(c, reason);
	connection_put(c, buffer_copy(line, (size_t)len));
	connection_finish(c);
}

static void on_closed(struct connection *c)
{
	free(c->state);
	c->state = NULL;
}

static void subscribe(struct connection *c, const struct sub_line *line)
{
	enum topic_kind kind = line->json ? TOPIC_JSON : TOPIC_BINARY;
	char why[ENGINE_WHY_MAX];
	enum fanout_refusal refused = engine_check_channels(c->thread, &line->list, why);

	if (refused != FANOUT_REFUSALS) {
		refuse(c, refused, why);
		return;
	}
	on_closed(c);
	socket_buffer_bound(c->fd, kind, line->list.n);
	connection_subscribe_channels(c, &line->list, kind, SUBSCRIBE_NEWEST);
}

static void on_input(struct connection *c, uint8_t *bytes, size_t len)
{
	struct sub_line line;
	const char *why;

	if (connection_is_subscriber(c))
		return; // a subscriber has nothing more to say
	struct input *in = c->state = input_append(c->state, bytes, len);
	if (in == NULL) {
		connection_close(c);
		return;
	}
	switch (sub_line_parse((const char *)in->bytes, in->len,
		c->thread->fanout->max_subscriptions, &line, &why)) {
	case SUB_OK:
		subscribe(c, &line);
		break;
	case SUB_REFUSED:
		refuse(c, FANOUT_REFUSED_bad_line, why);
		break;
	case SUB_MORE:
		break;
	}
}

static void on_end(struct connection *c)
{
	if (connection_is_subscriber(c))
		connection_watch(c); // half closed: it stays subscribed
	else if (c->state != NULL)
		refuse(c, FANOUT_REFUSED_bad_line, "the line has no end");
	else
		connection_close(c); // came and went
}

static void on_deadline(struct connection *c)
{
	stat_add(&c->thread->stats.timed_out, 1);
	refuse(c, FANOUT_REFUSED_timed_out, "no SUB line came in time");
}

static void on_refused(struct connection *c, enum fanout_refusal reason)
{
	char sentence[96];

	snprintf(sentence, sizeof(sentence), "%s, try again later", fanout_refusal_text(reason));
	refuse(c, reason, sentence);
}

const struct protocol tcp_sub_protocol = {
	.name = "tcp",
	.encodings = {[TOPIC_BINARY] = {ENCODING_TCP_BINARY, ENCODING_TCP_BINARY},
		[TOPIC_JSON] = {ENCODING_TCP_JSON, ENCODING_TCP_JSON}},
	.gauge = offsetof(struct fanout_stats, tcp),
	.on_input = on_input,
	.on_end = on_end,
	.on_deadline = on_deadline,
	.on_refused = on_refused,
	.on_channels_ended = connection_finish,
	.on_stopping = connection_finish,
	.on_closed = on_closed,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * /v1/channels/1,2: one path, three ways to read it. With `Upgrade: websocket` it is a WebSocket,
 * with `Accept: text/event-stream` a stream of events, else the newest frame of one channel as
 * JSON.
 */

#include "fanout/channel_list.h"
#include "fanout/engine.h"
#include "fanout/http.h"
#include "fanout/socket_buffer.h"
#include "fanout/sse.h"
#include "fanout/websocket.h"

static void stream(struct connection *c, const struct protocol *protocol,
	const struct channel_list *list, enum topic_kind kind, enum subscription_first first)
{
	c->paused = false;
	connection_set_protocol(c, protocol);
	socket_buffer_bound(c->fd, kind, list->n);
	connection_subscribe_channels(c, list, kind, first);
}

/* The number that a client says it has had last; false if it is none. */
static bool last_event(const struct http_request *request, uint32_t *window)
{
	uint64_t number = 0;

	if (request->last_event.len == 0 || request->last_event.len > 10)
		return false;
	for (size_t i = 0; i < request->last_event.len; i++) {
		char digit = request->last_event.at[i];

		if (digit < '0' || digit > '9')
			return false;
		number = number * 10 + (uint64_t)(digit - '0');
	}
	*window = (uint32_t)number;
	return number <= UINT32_MAX;
}

/*
 * A client that comes back has had the newest frame of its channel if it says so. With several
 * channels it may have had that window of one only, so it gets them all.
 */
static enum subscription_first first_of(const struct connection *c,
	const struct http_request *request, const struct channel_list *list)
{
	const struct held_frame *newest = c->thread->channels[list->channels[0]].newest;
	uint32_t window;

	return list->n == 1 && newest != NULL && last_event(request, &window) &&
			       window == newest->window
		       ? SUBSCRIBE_NEXT
		       : SUBSCRIBE_NEWEST;
}

static void event_stream(
	struct connection *c, const struct http_request *request, const struct channel_list *list)
{
	struct http_response response = {
		.status = 200,
		.content_type = "text/event-stream",
		.until_close = true,
		.cross_origin = true,
		.close = true,
	};

	http_answer(c, &response, NULL, request->method == HTTP_HEAD);
	if (request->method == HTTP_HEAD)
		return;
	stream(c, &sse_protocol, list, TOPIC_JSON, first_of(c, request, list));
	sse_begin(c);
}

static void websocket(
	struct connection *c, const struct http_request *request, const struct channel_list *list)
{
	enum topic_kind kind = TOPIC_BINARY;
	struct slice format;

	if (http_query_get(request->query, "format", &format)) {
		if (slice_is(format, "json")) {
			kind = TOPIC_JSON;
		} else if (!slice_is(format, "binary")) {
			http_refuse(
				c, FANOUT_REFUSED_bad_request, NULL, "format is binary or json");
			return;
		}
	}
	if (http_upgrade(c, request, NULL))
		stream(c, &websocket_protocol, list, kind, SUBSCRIBE_NEWEST);
}

static void newest_frame(
	struct connection *c, const struct http_request *request, const struct channel_list *list)
{
	struct held_frame *newest = c->thread->channels[list->channels[0]].newest;
	struct http_response response = {
		.status = 200,
		.content_type = "application/json",
		.cross_origin = true,
	};

	if (list->n > 1) {
		http_refuse(c, FANOUT_REFUSED_bad_request, NULL,
			"ask for one channel at a time; several come as a WebSocket or "
			"text/event-stream");
		return;
	}
	if (newest == NULL) {
		http_refuse(c, FANOUT_REFUSED_no_frame, "Retry-After: 1\r\n",
			"channel %u has no frame yet; its first comes at the end of this window",
			list->channels[0]);
		return;
	}
	struct buffer *body = held_frame_encoded(newest, ENCODING_TCP_JSON);
	if (body == NULL)
		connection_close(c);
	else
		http_answer(c, &response, body, request->method == HTTP_HEAD);
}

void http_channels(struct connection *c, const struct http_request *request, struct slice rest)
{
	struct channel_list list;
	const char *why =
		channel_list_parse(rest.at, rest.len, c->thread->fanout->max_subscriptions, &list);

	if (why != NULL) {
		http_refuse(c, FANOUT_REFUSED_bad_channels, NULL, "%s", why);
		return;
	}
	char sentence[ENGINE_WHY_MAX];
	enum fanout_refusal refused = engine_check_channels(c->thread, &list, sentence);
	if (refused != FANOUT_REFUSALS)
		http_refuse(c, refused, NULL, "%s", sentence);
	else if (request->websocket)
		websocket(c, request, &list);
	else if (request->event_stream)
		event_stream(c, request, &list);
	else
		newest_frame(c, request, &list);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/http.h"

#include "fanout/engine.h"
#include "fanout/input.h"
#include "fanout/stats.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_SECONDS = 60 }; // for a client to take one

static const char CHANNELS[] = "/v1/channels/";
static const char ALLOW[] = "Allow: GET, HEAD, OPTIONS\r\n";

void http_answer(
	struct connection *c, struct http_response *response, struct buffer *body, bool head_only)
{
	const struct slice anybody = {.at = "*", .len = 1};
	char head[HTTP_RESPONSE_HEAD_MAX];

	response->by_origin = origins_any(&c->thread->fanout->origins);
	response->origin = response->by_origin ? c->thread->origin : anybody;
	response->close = response->close || !c->keep_alive;
	response->content_length = body == NULL ? 0 : body->len;
	c->keep_alive = !response->close;
	c->paused = true;
	connection_set_deadline(c, ANSWER_SECONDS);
	connection_put(c, buffer_copy(head, http_put_head(head, response)));
	if (body != NULL && body->len > 0 && !head_only)
		connection_put(c, body);
	else
		buffer_unref(body);
}

void http_refuse(struct connection *c, enum fanout_refusal reason, const char *extra,
	const char *format, ...)
{
	struct http_response response = {
		.status = fanout_refusal_status(reason),
		.content_type = "text/plain; charset=utf-8",
		.extra = extra,
		.cross_origin = true,
	};
	char sentence[256];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(sentence, sizeof(sentence) - 1, format, args);
	va_end(args);
	size_t len = n < 0                              ? 0
		     : (size_t)n < sizeof(sentence) - 2 ? (size_t)n
							: sizeof(sentence) - 2;
	sentence[len++] = '\n';
	connection_count_refusal(c, reason);
	struct buffer *body = buffer_copy(sentence, len);
	if (body == NULL)
		connection_close(c);
	else
		http_answer(c, &response, body, c->head_only);
}

/* Refuses what cannot be followed by another request: we do not know where it ends. */
static void refuse_and_finish(
	struct connection *c, enum fanout_refusal reason, const char *sentence)
{
	c->keep_alive = false;
	http_refuse(c, reason, reason == FANOUT_REFUSED_method ? ALLOW : NULL, "%s", sentence);
	connection_finish(c);
}

static void refuse_malformed(struct connection *c, int status)
{
	switch (status) {
	case 414:
		refuse_and_finish(
			c, FANOUT_REFUSED_long_path, "the path is longer than 4096 bytes");
		break;
	case 431:
		refuse_and_finish(c, FANOUT_REFUSED_long_head,
			"the request head is longer than 8192 bytes or has more than 100 fields");
		break;
	case 505:
		refuse_and_finish(c, FANOUT_REFUSED_http_version,
			"only HTTP/1.0 and HTTP/1.1 are spoken here");
		break;
	default:
		refuse_and_finish(
			c, FANOUT_REFUSED_bad_request, "this is no well-formed HTTP/1.1 request");
	}
}

static void document(struct connection *c, const struct http_request *request)
{
	int index =
		document_path_find(&c->thread->fanout->paths, request->path.at, request->path.len);
	const struct document *d =
		index < 0 ? NULL : document_get(c->thread->documents, (unsigned)index);

	if (d == NULL) {
		http_refuse(c, FANOUT_REFUSED_not_found, NULL,
			"there is nothing at this path; the page is at /, streams are at "
			"/v1/channels/1");
		return;
	}
	bool late = d->late != NULL && engine_clock_ms() > d->until;
	struct http_response response = {
		.status = late ? 503 : 200,
		.content_type = d->content_type,
		.cross_origin = request->path.len > 4 && memcmp(request->path.at, "/v1/", 4) == 0,
	};
	http_answer(
		c, &response, buffer_ref(late ? d->late : d->body), request->method == HTTP_HEAD);
}

/* What a browser asks before it lets a page of another origin ask in an unusual way (CORS). */
static void options(struct connection *c)
{
	struct http_response response = {
		.status = 204,
		.extra = "Allow: GET, HEAD, OPTIONS\r\n"
			 "Access-Control-Allow-Methods: GET, HEAD\r\n"
			 "Access-Control-Allow-Headers: *\r\n"
			 "Access-Control-Max-Age: 86400\r\n",
		.cross_origin = true,
	};

	http_answer(c, &response, NULL, false);
}

static void route(struct connection *c, const struct http_request *request)
{
	const size_t prefix = sizeof(CHANNELS) - 1;
	struct slice path = request->path;

	if (request->method == HTTP_OTHER)
		http_refuse(c, FANOUT_REFUSED_method, ALLOW,
			"only GET, HEAD and OPTIONS are answered here");
	else if (request->method == HTTP_OPTIONS)
		options(c);
	else if (path.len > prefix && memcmp(path.at, CHANNELS, prefix) == 0 &&
		 memchr(path.at + prefix, '/', path.len - prefix) == NULL)
		http_channels(c, request, (struct slice){path.at + prefix, path.len - prefix});
	else if (slice_is(path, "/mqtt"))
		http_mqtt(c, request);
	else
		document(c, request);
}

static bool may_ask(const struct connection *c, const struct http_request *request)
{
	struct slice host = request->authority.len > 0 ? request->authority : request->host;

	return origins_allow(&c->thread->fanout->origins, request->origin, host) &&
	       request->origins <= 1 && request->origin.len <= ORIGIN_MAX;
}

static void handle(struct connection *c, const struct http_request *request)
{
	c->keep_alive = request->minor > 0 && !request->close;
	c->head_only = request->method == HTTP_HEAD;
	if (request->hosts > 1 || (request->hosts == 0 && request->minor > 0)) {
		refuse_and_finish(
			c, FANOUT_REFUSED_bad_request, "a request has exactly one Host field");
	} else if (request->chunked || request->content_length > 0) {
		refuse_and_finish(c,
			request->method == HTTP_OTHER ? FANOUT_REFUSED_method : FANOUT_REFUSED_body,
			"only GET, HEAD and OPTIONS are answered here, and no request has a body");
	} else if (!may_ask(c, request)) {
		refuse_and_finish(c, FANOUT_REFUSED_origin,
			"pages of this origin may not read from here (fanout.origins)");
	} else {
		c->thread->origin = request->origin;
		route(c, request);
		c->thread->origin = (struct slice){0};
		if (c->protocol == &http_protocol && !c->keep_alive)
			connection_finish(c);
	}
}

/* Looks at one request, if a whole one is there. Returns whether it was. */
static bool serve_one(struct connection *c)
{
	struct input *in = c->state;
	struct http_request request;

	if (in == NULL || in->len == 0)
		return false;
	int ret = http_request_parse((const char *)in->bytes, in->len, &request);
	if (ret == 0)
		return false;
	if (ret < 0) {
		refuse_malformed(c, -ret);
		return false;
	}
	handle(c, &request);
	if (c->protocol == &http_protocol) {
		input_consume(in, (size_t)ret);
		return true;
	}
	/* It has become a stream; what the client sent behind the request is that protocol's. */
	c->state = NULL;
	c->paused = false;
	if (in->len > (size_t)ret && !c->closing)
		c->protocol->on_input(c, in->bytes + ret, in->len - (size_t)ret);
	free(in);
	connection_continue(c);
	connection_receive(c);
	return false;
}

static void on_input(struct connection *c, uint8_t *bytes, size_t len)
{
	struct input *in = c->state;
	bool more = in != NULL && in->len > 0 && in->len + len < HTTP_HEAD_MAX;

	c->state = in = input_append(in, bytes, len);
	if (in == NULL) {
		connection_close(c);
		return;
	}
	/* A head that comes byte by byte is only looked at again when a line has ended. */
	if (more && memchr(bytes, '\n', len) == NULL)
		return;
	if (serve_one(c))
		connection_continue(c);
}

/* While an answer is on its way the end waits, and what was asked before it is answered. */
static void on_end(struct connection *c)
{
	struct input *in = c->state;

	if (c->paused)
		return;
	if (in != NULL && in->len > 0)
		refuse_and_finish(c, FANOUT_REFUSED_bad_request, "the request has no end");
	else
		connection_finish(c);
}

/* An answer has been sent: the next request may be there already. */
static void on_drained(struct connection *c)
{
	if (!c->paused)
		return;
	c->paused = false;
	c->head_only = false;
	connection_set_deadline(c, engine_limit(&c->thread->fanout->handshake_seconds) + 1);
	if (serve_one(c))
		connection_continue(c);
	else if (c->ended && !c->finishing && !c->closing)
		c->protocol->on_end(c); // which may be that of a stream by now
	else
		connection_receive(c);
}

static void on_deadline(struct connection *c)
{
	struct input *in = c->state;

	if (c->paused) { // does not take its answer
		connection_close(c);
	} else if (in != NULL && in->len > 0) {
		stat_add(&c->thread->stats.timed_out, 1);
		refuse_and_finish(
			c, FANOUT_REFUSED_timed_out, "the request did not come whole in time");
	} else {
		if (in == NULL && !c->refused) { // never asked for anything, so nothing is answered
			stat_add(&c->thread->stats.timed_out, 1);
			connection_count_refusal(c, FANOUT_REFUSED_timed_out);
		}
		connection_finish(c);
	}
}

static void on_no_tls(struct connection *c)
{
	refuse_and_finish(
		c, FANOUT_REFUSED_tls_wanted, "this port speaks TLS: ask by https:// or wss://");
}

static void on_refused(struct connection *c, enum fanout_refusal reason)
{
	c->keep_alive = false;
	http_refuse(c, reason, "Retry-After: 5\r\n", "%s, try again later",
		fanout_refusal_text(reason));
	connection_finish(c);
}

static void on_closed(struct connection *c)
{
	free(c->state);
	c->state = NULL;
}

const struct protocol http_protocol = {
	.name = "http",
	.alpn = "http/1.1",
	.gauge = offsetof(struct fanout_stats, http),
	.on_input = on_input,
	.on_end = on_end,
	.on_drained = on_drained,
	.on_deadline = on_deadline,
	.on_no_tls = on_no_tls,
	.on_refused = on_refused,
	.on_channels_ended = connection_finish,
	.on_stopping = connection_finish,
	.on_closed = on_closed,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * HTTP/1.1 as a protocol of connections: requests one after the other, each answered before the
 * next is looked at. Documents and the newest frames are answered here; streams leave to their
 * protocols.
 */
#ifndef FANOUT_HTTP_H
#define FANOUT_HTTP_H

#include "fanout/buffer.h"
#include "fanout/http_request.h"
#include "fanout/http_response.h"
#include "fanout/protocol.h"
#include "fanout/refusal.h"

struct connection;

extern const struct protocol http_protocol;

/*
 * Puts an answer; takes the reference to body, which may be NULL for none. head_only: body is named
 * in the head, but not sent.
 */
void http_answer(
	struct connection *c, struct http_response *response, struct buffer *body, bool head_only);

/* An answer with a sentence (without a line end) that says what is wrong; it is counted. */
__attribute__((format(printf, 4, 5))) void http_refuse(struct connection *c,
	enum fanout_refusal reason, const char *extra, const char *format, ...);

/*
 * Answers the opening handshake of a WebSocket. Returns whether it is one now: if the handshake is
 * wrong, that is what was answered. subprotocol: the one that was agreed; may be NULL.
 */
bool http_upgrade(
	struct connection *c, const struct http_request *request, const char *subprotocol);

/* /mqtt: MQTT over WebSocket. */
void http_mqtt(struct connection *c, const struct http_request *request);

/* /v1/channels/...: the newest frame, or a stream. rest is the path behind that prefix. */
void http_channels(struct connection *c, const struct http_request *request, struct slice rest);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The head of an HTTP/1 request (RFC 9112), as far as the fan-out needs it. A pure function over
 * bytes: nothing is copied, slices point into the input.
 */
#ifndef FANOUT_HTTP_REQUEST_H
#define FANOUT_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HTTP_HEAD_MAX = 8192, // bytes with the empty line
	HTTP_TARGET_MAX = 4096,
	HTTP_FIELDS_MAX = 100,
};

struct slice {
	const char *at;
	size_t len;
};

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_OPTIONS, HTTP_OTHER };

struct http_request {
	enum http_method method;
	unsigned minor;         // of HTTP/1.x: 0 or 1; a larger one counts as 1
	struct slice path;      // begins with /, or is *
	struct slice query;     // behind the first ?, may be empty
	struct slice authority; // of a target in absolute form, in place of Host; else empty
	unsigned hosts;         // Host fields
	struct slice host;      // with a port, if one was said; may be empty
	struct slice origin;    // empty: none was said
	unsigned origins;       // Origin fields
	bool close;             // Connection: close
	bool upgrade;           // Connection: upgrade
	bool websocket;         // Upgrade: websocket
	bool event_stream;      // Accept: text/event-stream
	bool chunked;           // a Transfer-Encoding, whichever
	bool has_length;
	uint64_t content_length;
	unsigned websocket_keys; // Sec-WebSocket-Key fields
	struct slice websocket_key;
	unsigned websocket_versions; // Sec-WebSocket-Version fields
	struct slice websocket_version;
	bool offers_mqtt;        // as a subprotocol of the WebSocket
	struct slice last_event; // Last-Event-ID
};

/*
 * The length of the head if it is complete; 0 if more bytes are needed; else the negative status of
 * the answer: -400, -414 (target too long), -431 (head too large), -505 (not HTTP/1).
 */
int http_request_parse(const char *in, size_t len, struct http_request *out);

/* Does the comma-separated list hold the token, in any case of letters, parameters aside? */
bool http_list_has(struct slice list, const char *token);

/* The value of name in a query such as format=json&x=1. False if it is not there. */
bool http_query_get(struct slice query, const char *name, struct slice *value);

static inline bool slice_is(struct slice s, const char *text)
{
	size_t i = 0;

	while (i < s.len && text[i] != '\0' && text[i] == s.at[i])
		i++;
	return i == s.len && text[i] == '\0';
}

#endif

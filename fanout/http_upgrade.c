/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * From HTTP to WebSocket (RFC 6455, 4.2).
 */

#include "fanout/engine.h"
#include "fanout/http.h"
#include "fanout/mqtt.h"
#include "fanout/websocket_accept.h"

#include <stdio.h>

/* With a 426; the two go together (RFC 9110, 7.8). */
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"

/* The fields of an opening handshake (4.2.1). Answers and returns false if they are not. */
static bool handshake_is_sound(struct connection *c, const struct http_request *request)
{
	const char *what = NULL;

	if (request->websocket_versions <= 1 && !slice_is(request->websocket_version, "13")) {
		http_refuse(c, FANOUT_REFUSED_websocket_version,
			"Sec-WebSocket-Version: 13\r\n" UPGRADE,
			"only version 13 of WebSocket is spoken here");
		return false;
	}
	if (request->method != HTTP_GET || request->minor == 0)
		what = "a WebSocket begins with GET and HTTP/1.1";
	else if (!request->upgrade)
		what = "a WebSocket handshake has the field Connection: Upgrade";
	else if (request->websocket_versions > 1)
		what = "a WebSocket handshake has one Sec-WebSocket-Version";
	else if (request->websocket_keys != 1 || !websocket_key_is_sound(request->websocket_key))
		what = "a WebSocket handshake has one Sec-WebSocket-Key of 16 bytes in base64";
	if (what != NULL)
		http_refuse(c, FANOUT_REFUSED_websocket_handshake, NULL, "%s", what);
	return what == NULL;
}

bool http_upgrade(struct connection *c, const struct http_request *request, const char *subprotocol)
{
	char accept[WEBSOCKET_ACCEPT_LEN + 1], head[256];

	if (!handshake_is_sound(c, request))
		return false;
	websocket_accept(request->websocket_key, accept);
	int len = snprintf(head, sizeof(head),
		"HTTP/1.1 101 Switching Protocols\r\n"
		"Upgrade: websocket\r\n"
		"Connection: Upgrade\r\n"
		"Sec-WebSocket-Accept: %s\r\n"
		"%s%s%s\r\n",
		accept, subprotocol == NULL ? "" : "Sec-WebSocket-Protocol: ",
		subprotocol == NULL ? "" : subprotocol, subprotocol == NULL ? "" : "\r\n");
	connection_put(c, buffer_copy(head, (size_t)len));
	return true;
}

void http_mqtt(struct connection *c, const struct http_request *request)
{
	if (!request->websocket) {
		http_refuse(c, FANOUT_REFUSED_websocket_wanted, UPGRADE,
			"this path is for MQTT over WebSocket");
	} else if (!request->offers_mqtt) {
		http_refuse(c, FANOUT_REFUSED_websocket_handshake, NULL,
			"a WebSocket at this path has the field Sec-WebSocket-Protocol: mqtt");
	} else if (http_upgrade(c, request, "mqtt")) {
		c->paused = false;
		connection_set_protocol(c, &mqtt_websocket_protocol);
		connection_set_deadline(c, c->thread->fanout->handshake_seconds + 1);
	}
}

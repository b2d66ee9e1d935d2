/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/encoding.h"

#include "fanout/mqtt.h"
#include "fanout/sse.h"
#include "fanout/tcp_sub.h"
#include "fanout/websocket.h"

static const struct {
	size_t (*put)(const struct held_frame *f, uint8_t *out);
	bool json;
} encodings[ENCODING_MQTT] = {
	[ENCODING_TCP_BINARY] = {tcp_put_binary, false},
	[ENCODING_TCP_JSON] = {tcp_put_json, true},
	[ENCODING_WEBSOCKET_BINARY] = {websocket_put_binary, false},
	[ENCODING_WEBSOCKET_JSON] = {websocket_put_json, true},
	[ENCODING_SSE] = {sse_put, true},
};

bool encoding_is_json(enum encoding e)
{
	return e >= ENCODING_MQTT ? ((e - ENCODING_MQTT) & MQTT_FORM_JSON) != 0 : encodings[e].json;
}

size_t encoding_put(enum encoding e, const struct held_frame *f, uint8_t *out)
{
	return e >= ENCODING_MQTT ? mqtt_put_frame(e - ENCODING_MQTT, f, out)
				  : encodings[e].put(f, out);
}

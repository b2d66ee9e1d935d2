/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/dialogue.h"

#include <stdio.h>
#include <string.h>

static const char mqtt_topic[] = "uproar/1/frame";
#define NATS_SUBJECT "uproar.1.frame"

const char mqtt_connack[4] = {0x20, 2, 0, 0}, nats_pong[6] = {'P', 'O', 'N', 'G', '\r', '\n'};
const char mqtt_connect_me[16] = {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 2, 'm', 'e'};
static const char mqtt_suback[5] = {(char)0x90, 3, 0, 1, 0};
static const char line_end[] = "\r\n", head_end[] = "\r\n\r\n";

static size_t say_sub(char out[DIALOGUE_SAY_MAX], unsigned index)
{
	return (size_t)snprintf(out, DIALOGUE_SAY_MAX, "SUB 1\n");
}

static size_t upgrade(char out[DIALOGUE_SAY_MAX], const char *path)
{
	return (size_t)snprintf(out, DIALOGUE_SAY_MAX,
		"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		path);
}

static size_t say_upgrade(char out[DIALOGUE_SAY_MAX], unsigned index)
{
	return upgrade(out, "/v1/channels/1");
}

static size_t say_upgrade_nchan(char out[DIALOGUE_SAY_MAX], unsigned index)
{
	return upgrade(out, "/sub");
}

/* Clean session, no keep-alive, a client id of its own. */
size_t mqtt_connect(char out[DIALOGUE_SAY_MAX], unsigned index)
{
	static const char head[] = {0x10, 10 + 2 + 8, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 8};

	memcpy(out, head, sizeof(head));
	return sizeof(head) + (size_t)snprintf(out + sizeof(head), 16, "%08x", index);
}

static size_t say_mqtt_subscribe(char out[DIALOGUE_SAY_MAX], unsigned index)
{
	const size_t len = sizeof(mqtt_topic) - 1;
	const char head[] = {(char)0x82, (char)(2 + 2 + len + 1), 0, 1, 0, (char)len};

	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), mqtt_topic, len);
	out[sizeof(head) + len] = 0; // QoS
	return sizeof(head) + len + 1;
}

size_t mqtt_publish_head(uint8_t out[DIALOGUE_PREFIX_MAX], unsigned payload_len)
{
	const size_t topic = sizeof(mqtt_topic) - 1;
	size_t remaining = 2 + topic + payload_len, n = 0;

	out[n++] = 0x30;
	for (; remaining >= 128; remaining /= 128)
		out[n++] = (uint8_t)(remaining % 128 | 128);
	out[n++] = (uint8_t)remaining;
	out[n++] = 0;
	out[n++] = (uint8_t)topic;
	memcpy(out + n, mqtt_topic, topic);
	return n + topic;
}

static size_t say_nothing(char out[DIALOGUE_SAY_MAX], unsigned index)
{
	return 0;
}

size_t nats_connect(char out[DIALOGUE_SAY_MAX], unsigned index)
{
	return (size_t)snprintf(out, DIALOGUE_SAY_MAX,
		"CONNECT {\"verbose\":false,\"pedantic\":false}\r\nPING\r\n");
}

static size_t say_nats_subscribe(char out[DIALOGUE_SAY_MAX], unsigned index)
{
	return (size_t)snprintf(out, DIALOGUE_SAY_MAX, "SUB " NATS_SUBJECT " 1\r\nPING\r\n");
}

static unsigned websocket_head(uint8_t *out, unsigned payload_len)
{
	out[0] = 0x82;
	if (payload_len < 126) {
		out[1] = (uint8_t)payload_len;
		return 2;
	}
	out[1] = 126;
	out[2] = (uint8_t)(payload_len >> 8);
	out[3] = (uint8_t)payload_len;
	return 4;
}

static void step(struct dialogue *d, size_t (*say)(char *, unsigned), const char *until, size_t len,
	bool exactly)
{
	d->steps[d->n_steps++] = (struct dialogue_step){say, until, len, exactly};
}

static void make_stream(struct dialogue *d, unsigned payload_len)
{
	d->first_frame = true;
	d->prefix_len = 2;
	d->prefix[0] = (uint8_t)(payload_len >> 8);
	d->prefix[1] = (uint8_t)payload_len;
}

static void make_websocket(
	struct dialogue *d, unsigned payload_len, size_t (*say)(char *, unsigned))
{
	step(d, say, head_end, 4, false);
	d->prefix_len = websocket_head(d->prefix, payload_len);
	d->first_mask = 0xfc; // text or binary
}

static void make_mqtt(struct dialogue *d, unsigned payload_len)
{
	step(d, mqtt_connect, mqtt_connack, sizeof(mqtt_connack), true);
	step(d, say_mqtt_subscribe, mqtt_suback, sizeof(mqtt_suback), true);
	d->prefix_len = (unsigned)mqtt_publish_head(d->prefix, payload_len);
	d->first_mask = 0xfe; // retained or not
}

static unsigned make_nats(struct dialogue *d, unsigned payload_len)
{
	step(d, say_nothing, line_end, 2, false);
	step(d, nats_connect, nats_pong, sizeof(nats_pong), true);
	step(d, say_nats_subscribe, nats_pong, sizeof(nats_pong), true);
	d->prefix_len = (unsigned)snprintf(
		(char *)d->prefix, sizeof(d->prefix), "MSG " NATS_SUBJECT " 1 %u\r\n", payload_len);
	d->aside = "PING\r\n";
	d->aside_answer = nats_pong;
	d->aside_len = sizeof(nats_pong);
	return 2; // the end of the line behind the payload
}

struct dialogue dialogue_make(enum dialogue_kind kind, unsigned payload_len)
{
	struct dialogue d = {.first_mask = 0xff, .tls = kind == DIALOGUE_WSS};
	unsigned behind = 0;

	switch (kind) {
	case DIALOGUE_TCP:
		step(&d, say_sub, NULL, 0, false);
		make_stream(&d, payload_len);
		break;
	case DIALOGUE_STREAM:
		make_stream(&d, payload_len);
		break;
	case DIALOGUE_WSS:
	case DIALOGUE_WEBSOCKET:
		make_websocket(&d, payload_len, say_upgrade);
		d.first_frame = true;
		break;
	case DIALOGUE_NCHAN:
		make_websocket(&d, payload_len, say_upgrade_nchan);
		break;
	case DIALOGUE_MQTT:
		make_mqtt(&d, payload_len);
		break;
	case DIALOGUE_NATS:
		behind = make_nats(&d, payload_len);
		break;
	}
	d.window_at = d.prefix_len + PAYLOAD_WINDOW_AT;
	d.message_len = d.prefix_len + payload_len + behind;
	return d;
}

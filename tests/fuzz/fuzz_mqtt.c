/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What an MQTT client sends, from the stream to the filters. The first byte chooses the version of
 * what follows CONNECT (bit 0: MQTT 5). The same stream is fed whole and byte by byte: both must
 * say the same.
 */

#include "fanout/mqtt_connect.h"
#include "fanout/mqtt_filter.h"
#include "fanout/mqtt_packet.h"
#include "fanout/mqtt_stream.h"
#include "fuzz_check.h"

#include <string.h>

/* What was said of a stream: packets, the last reason, and a sum of all that was read. */
struct told {
	unsigned packets;
	enum mqtt_reason reason;
	uint64_t sum;
};

static void add(struct told *told, uint64_t value)
{
	told->sum = (told->sum ^ value) * UINT64_C(0x100000001b3);
}

static void add_text(struct told *told, struct mqtt_text text)
{
	for (unsigned i = 0; i < text.len; i++)
		add(told, text.at[i]);
}

static enum mqtt_reason take_connect(struct told *told, const uint8_t *body, size_t len)
{
	struct mqtt_connect c;
	enum mqtt_reason reason = mqtt_connect_parse(body, len, &c);

	if (reason != MQTT_OK)
		return reason;
	CHECK(c.level == MQTT_3_1_1 || c.level == MQTT_5);
	CHECK(c.client_id.len <= len);
	add_text(told, c.client_id);
	add(told, c.keep_alive);
	add(told, c.maximum_packet);
	return MQTT_OK;
}

static void take_filters(struct told *told, struct mqtt_filters *filters)
{
	struct mqtt_asked asked;
	struct mqtt_filter f;
	unsigned n = 0;

	CHECK(filters->packet_id != 0 && filters->n > 0);
	while (mqtt_filters_next(filters, &asked)) {
		CHECK(asked.filter.len > 0);
		CHECK(asked.retain_handling <= MQTT_RETAINED_NEVER);
		enum mqtt_reason reason = mqtt_filter_compile(asked.filter, &f);
		add(told, reason);
		if (reason == MQTT_OK)
			add(told, f.hash ^ f.channel ^ f.kinds);
		n++;
	}
	CHECK(n == filters->n && !filters->rest.failed);
}

/* From memory of exactly its size. */
static enum mqtt_reason take(
	struct told *told, const struct mqtt_packet *p, enum mqtt_version version)
{
	size_t len = p->header.length;
	uint8_t *body = malloc(len > 0 ? len : 1);
	struct mqtt_filters filters;
	enum mqtt_reason reason = MQTT_OK;

	CHECK(body != NULL && p->header.len + len <= MQTT_PACKET_MAX);
	memcpy(body, p->body, len);
	switch (p->header.type) {
	case MQTT_CONNECT:
		reason = take_connect(told, body, len);
		break;
	case MQTT_SUBSCRIBE:
		reason = mqtt_subscribe_parse(body, len, version, &filters);
		if (reason == MQTT_OK)
			take_filters(told, &filters);
		break;
	case MQTT_UNSUBSCRIBE:
		reason = mqtt_unsubscribe_parse(body, len, version, &filters);
		if (reason == MQTT_OK)
			take_filters(told, &filters);
		break;
	case MQTT_DISCONNECT:
		reason = mqtt_disconnect_parse(body, len, version, false);
		break;
	default:
		CHECK(p->header.type == MQTT_PINGREQ || p->header.type == MQTT_AUTH);
	}
	free(body);
	return reason;
}

static struct told feed(const uint8_t *in, size_t len, size_t piece, enum mqtt_version version)
{
	struct mqtt_stream s = {0};
	struct mqtt_packet p;
	struct told told = {0};

	for (size_t at = 0; at < len && told.reason == MQTT_OK;) {
		size_t n = len - at < piece ? len - at : piece;
		size_t used = mqtt_stream_next(&s, in + at, n, &p, &told.reason);

		CHECK(used <= n);
		at += used;
		CHECK(s.kept == NULL || s.kept->len <= MQTT_PACKET_MAX);
		if (told.reason != MQTT_OK || p.header.len == 0)
			continue;
		told.packets++;
		add(&told, p.header.type);
		told.reason = take(&told, &p, version);
		mqtt_stream_forget(&s);
	}
	mqtt_stream_forget(&s);
	return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	enum mqtt_version version = (data[0] & 1) != 0 ? MQTT_5 : MQTT_3_1_1;
	struct told whole = feed(data + 1, len - 1, len, version);
	struct told bytes = feed(data + 1, len - 1, 1, version);

	CHECK(whole.packets == bytes.packets);
	CHECK(whole.reason == bytes.reason);
	CHECK(whole.sum == bytes.sum);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Topic filters (4.7 of both standards) over the topics that there are (docs/protocol.md, section
 * 3): uproar/N/frame and uproar/N/json of each channel N, and uproar/catalogue. What a filter
 * matches of these fits in a few bytes, and its text is not kept: a hash of it tells whether two
 * are the same.
 */
#ifndef FANOUT_MQTT_FILTER_H
#define FANOUT_MQTT_FILTER_H

#include "fanout/mqtt_code.h"
#include "fanout/mqtt_reader.h"
#include "fanout/topic.h"

enum { MQTT_ANY_CHANNEL = 0xffff };

enum mqtt_topic_kind {
	MQTT_TOPIC_FRAME = 1 << 0,
	MQTT_TOPIC_JSON = 1 << 1,
	MQTT_TOPIC_CATALOGUE = 1 << 2,
};

struct mqtt_filter {      // without padding: its bytes are compared
	uint64_t hash;    // of the text
	uint32_t channel; // or MQTT_ANY_CHANNEL; of frame and json
	uint16_t kinds;   // those that it matches; 0: nothing that there is
	uint16_t retain_as_published;
};

/*
 * MQTT_OK; MQTT_INVALID_FILTER: no filter at all; MQTT_SHARED_UNSUPPORTED: it begins with $share/,
 * which the server would have to understand. The text is well-formed UTF-8. retain_as_published is
 * 0.
 */
enum mqtt_reason mqtt_filter_compile(struct mqtt_text text, struct mqtt_filter *out);

/* Which kinds of the channel's topics it matches; the catalogue is that of TOPIC_CATALOGUE. */
static inline unsigned mqtt_filter_kinds(const struct mqtt_filter *f, uint16_t channel)
{
	if (channel == TOPIC_CATALOGUE)
		return f->kinds & MQTT_TOPIC_CATALOGUE;
	if (f->channel != MQTT_ANY_CHANNEL && f->channel != channel)
		return 0;
	return f->kinds & (MQTT_TOPIC_FRAME | MQTT_TOPIC_JSON);
}

#endif

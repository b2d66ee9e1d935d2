/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * PUBLISH (3.3 of both standards), as which a frame goes out: QoS 0, and so without a packet id.
 */
#ifndef FANOUT_MQTT_PUBLISH_H
#define FANOUT_MQTT_PUBLISH_H

#include "fanout/mqtt_code.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MQTT_PUBLISH_HEAD_MAX = 32, MQTT_TOPIC_MAX = 24 };

/* uproar/7/frame, uproar/7/json; uproar/catalogue. With a closing zero; return the length. */
size_t mqtt_channel_topic(char out[static MQTT_TOPIC_MAX], uint16_t channel, bool json);
size_t mqtt_catalogue_topic(char out[static MQTT_TOPIC_MAX]);

/* Writes all that stands before the payload; returns its length. */
size_t mqtt_put_publish_head(uint8_t *out, enum mqtt_version version, bool retain,
	const char *topic, size_t topic_len, size_t payload_len);

#endif

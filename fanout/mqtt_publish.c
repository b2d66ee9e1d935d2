/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_publish.h"

#include "fanout/held_frame.h"
#include "fanout/mqtt.h"
#include "fanout/mqtt_write.h"
#include "fanout/topic.h"
#include "fanout/websocket_frame.h"
#include "wire/bytes.h"

#include <stdio.h>

size_t mqtt_channel_topic(char out[static MQTT_TOPIC_MAX], uint16_t channel, bool json)
{
	return (size_t)snprintf(
		out, MQTT_TOPIC_MAX, "uproar/%u/%s", channel, json ? "json" : "frame");
}

size_t mqtt_catalogue_topic(char out[static MQTT_TOPIC_MAX])
{
	return (size_t)snprintf(out, MQTT_TOPIC_MAX, "uproar/catalogue");
}

size_t mqtt_put_publish_head(uint8_t *out, enum mqtt_version version, bool retain,
	const char *topic, size_t topic_len, size_t payload_len)
{
	bool properties = version == MQTT_5; // none, but their length is said

	out[0] = (uint8_t)(MQTT_PUBLISH << 4 | (retain ? 1 : 0));
	size_t n = 1 + mqtt_put_length(out + 1, 2 + topic_len + properties + payload_len);
	store_be16(out + n, (uint16_t)topic_len);
	memcpy(out + n + 2, topic, topic_len);
	n += 2 + topic_len;
	if (properties)
		out[n++] = 0;
	return n;
}

size_t mqtt_put_frame(unsigned form, const struct held_frame *f, uint8_t *out)
{
	bool json = (form & MQTT_FORM_JSON) != 0;
	const uint8_t *payload = json ? held_frame_json(f) : held_frame_binary(f);
	size_t len = json ? f->json_len : f->binary_len, n = 0;
	uint8_t head[MQTT_PUBLISH_HEAD_MAX];
	char topic[MQTT_TOPIC_MAX];
	size_t topic_len = f->channel == TOPIC_CATALOGUE
				   ? mqtt_catalogue_topic(topic)
				   : mqtt_channel_topic(topic, f->channel, json);
	size_t head_len =
		mqtt_put_publish_head(head, (form & MQTT_FORM_5) != 0 ? MQTT_5 : MQTT_3_1_1,
			(form & MQTT_FORM_RETAINED) != 0, topic, topic_len, len);

	if ((form & MQTT_FORM_WEBSOCKET) != 0)
		n = websocket_put_header(out, WEBSOCKET_BINARY, head_len + len);
	memcpy(out + n, head, head_len);
	n += head_len;
	if (len > 0)
		memcpy(out + n, payload, len);
	return n + len;
}

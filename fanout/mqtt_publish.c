/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_publish.h"

#include "fanout/mqtt_write.h"
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

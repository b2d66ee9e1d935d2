/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_stream.h"

#include <stdlib.h>

/* The packet at the beginning of what is there, if it is whole. */
static bool whole(const uint8_t *in, size_t len, struct mqtt_packet *out, enum mqtt_reason *reason)
{
	*reason = mqtt_header_read(in, len, &out->header);
	if (*reason != MQTT_OK || out->header.len == 0)
		return false;
	out->body = in + out->header.len;
	return len - out->header.len >= out->header.length;
}

/* How many more bytes belong to the packet of which have are there; of its header, the next. */
static size_t missing(const struct mqtt_header *header, size_t have)
{
	return header->len == 0 ? 1 : header->len + header->length - have;
}

static bool keep(struct mqtt_stream *s, const uint8_t *in, size_t len, enum mqtt_reason *reason)
{
	s->kept = input_append(s->kept, in, len);
	if (s->kept == NULL)
		*reason = MQTT_BUSY;
	return s->kept != NULL;
}

/* Goes on with a packet of which the beginning is kept. */
static size_t complete(struct mqtt_stream *s, const uint8_t *in, size_t len,
	struct mqtt_packet *out, enum mqtt_reason *reason)
{
	size_t used = 0;

	while (!whole(s->kept->bytes, s->kept->len, out, reason) && *reason == MQTT_OK) {
		size_t wanted = missing(&out->header, s->kept->len), left = len - used;
		size_t n = wanted < left ? wanted : left;

		if (n == 0) {
			out->header.len = 0;
			break;
		}
		if (!keep(s, in + used, n, reason))
			break;
		used += n;
	}
	return used;
}

size_t mqtt_stream_next(struct mqtt_stream *s, const uint8_t *in, size_t len,
	struct mqtt_packet *out, enum mqtt_reason *reason)
{
	*out = (struct mqtt_packet){0};
	*reason = MQTT_OK;
	if (s->kept != NULL)
		return complete(s, in, len, out, reason);
	if (whole(in, len, out, reason))
		return out->header.len + out->header.length;
	out->header.len = 0;
	if (len > 0 && *reason == MQTT_OK)
		keep(s, in, len, reason);
	return len;
}

void mqtt_stream_forget(struct mqtt_stream *s)
{
	free(s->kept);
	s->kept = NULL;
}

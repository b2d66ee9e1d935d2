/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The packets of a stream that comes in pieces of any size. A packet that is there whole is not
 * copied; of one that is not, what has come is kept, and never more than one packet.
 */
#ifndef FANOUT_MQTT_STREAM_H
#define FANOUT_MQTT_STREAM_H

#include "fanout/input.h"
#include "fanout/mqtt_header.h"

struct mqtt_stream {
	struct input *kept; // NULL between packets
};

struct mqtt_packet {
	struct mqtt_header
		header;      // header.len == 0: all bytes are consumed, and no packet is whole
	const uint8_t *body; // behind it, until mqtt_stream_forget()
};

/*
 * The next packet; returns how many bytes were consumed. *reason is not MQTT_OK if the stream is
 * broken (mqtt_header_read()), or MQTT_BUSY: there is no memory; then it ends.
 */
size_t mqtt_stream_next(struct mqtt_stream *s, const uint8_t *in, size_t len,
	struct mqtt_packet *out, enum mqtt_reason *reason);

/* The packet was dealt with. */
void mqtt_stream_forget(struct mqtt_stream *s);

#endif

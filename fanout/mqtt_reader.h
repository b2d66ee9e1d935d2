/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A cursor over the bytes of one MQTT packet: the data types of the standard (MQTT 5, 1.5). What is
 * not there, or no value of its type, makes the reader fail; what is read from then on is zero or
 * empty. So a parser may read on and look once, at the end.
 */
#ifndef FANOUT_MQTT_READER_H
#define FANOUT_MQTT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mqtt_text {
	const uint8_t *at;
	uint16_t len;
};

struct mqtt_reader {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

static inline struct mqtt_reader mqtt_reader(const uint8_t *in, size_t len)
{
	return (struct mqtt_reader){.at = in, .end = in + len};
}

static inline size_t mqtt_left(const struct mqtt_reader *r)
{
	return r->failed ? 0 : (size_t)(r->end - r->at);
}

uint8_t mqtt_read_u8(struct mqtt_reader *r);
uint16_t mqtt_read_u16(struct mqtt_reader *r);
uint32_t mqtt_read_u32(struct mqtt_reader *r);

/* A variable byte integer in its shortest form. */
uint32_t mqtt_read_varint(struct mqtt_reader *r);

/* Any bytes behind their length in two bytes. */
struct mqtt_text mqtt_read_binary(struct mqtt_reader *r);

/* The same, well-formed UTF-8 without U+0000. */
struct mqtt_text mqtt_read_text(struct mqtt_reader *r);

/* A reader of the next len bytes, which this one passes over. */
struct mqtt_reader mqtt_read_part(struct mqtt_reader *r, size_t len);

/* Is it a topic name: not empty, and without wildcards? */
bool mqtt_text_is_topic(struct mqtt_text text);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_reader.h"

#include "wire/bytes.h"
#include "wire/utf8.h"

/* The next n bytes, or NULL. */
static const uint8_t *take(struct mqtt_reader *r, size_t n)
{
	const uint8_t *at = r->at;

	if (mqtt_left(r) < n || r->failed) {
		r->failed = true;
		return NULL;
	}
	r->at += n;
	return at;
}

uint8_t mqtt_read_u8(struct mqtt_reader *r)
{
	const uint8_t *at = take(r, 1);

	return at == NULL ? 0 : *at;
}

uint16_t mqtt_read_u16(struct mqtt_reader *r)
{
	const uint8_t *at = take(r, 2);

	return at == NULL ? 0 : load_be16(at);
}

uint32_t mqtt_read_u32(struct mqtt_reader *r)
{
	const uint8_t *at = take(r, 4);

	return at == NULL ? 0 : load_be32(at);
}

uint32_t mqtt_read_varint(struct mqtt_reader *r)
{
	uint32_t value = 0;

	for (unsigned shift = 0; shift < 28; shift += 7) {
		uint8_t byte = mqtt_read_u8(r);

		value |= (uint32_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) != 0)
			continue;
		if (byte == 0 && shift > 0)
			break; // longer than it need be
		return value;
	}
	r->failed = true;
	return 0;
}

struct mqtt_text mqtt_read_binary(struct mqtt_reader *r)
{
	uint16_t len = mqtt_read_u16(r);
	const uint8_t *at = take(r, len);

	return at == NULL ? (struct mqtt_text){0} : (struct mqtt_text){at, len};
}

struct mqtt_text mqtt_read_text(struct mqtt_reader *r)
{
	struct mqtt_text text = mqtt_read_binary(r);

	if (text.len > 0 &&
		(memchr(text.at, 0, text.len) != NULL || !utf8_valid(text.at, text.len))) {
		r->failed = true;
		return (struct mqtt_text){0};
	}
	return text;
}

struct mqtt_reader mqtt_read_part(struct mqtt_reader *r, size_t len)
{
	const uint8_t *at = take(r, len);

	return at == NULL ? (struct mqtt_reader){.failed = true} : mqtt_reader(at, len);
}

bool mqtt_text_is_topic(struct mqtt_text text)
{
	return text.len > 0 && memchr(text.at, '+', text.len) == NULL &&
	       memchr(text.at, '#', text.len) == NULL;
}

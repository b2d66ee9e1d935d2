/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Keys of the topic of tallies, both kinds of one shape, and of that of frames.
 */

#include "control/cluster/record_key.h"

#include <errno.h>

size_t record_key_write(
	uint8_t *out, enum record_kind kind, uint16_t channel, const struct record_source *s)
{
	uint8_t *at = out;

	record_write_8(&at, RECORD_VERSION);
	record_write_8(&at, (uint8_t)kind);
	record_write_16(&at, channel);
	record_write_64(&at, s->generation);
	record_write_32(&at, s->began);
	record_write(&at, s->node, strnlen(s->node, RECORD_NODE_MAX));
	return (size_t)(at - out);
}

int record_key_read(const void *key, size_t len, enum record_kind kind, uint16_t *channel,
	struct record_source *source)
{
	struct record_reader r = record_reader(key, len);
	uint8_t version = record_read_8(&r), found = record_read_8(&r);
	uint16_t c = record_read_16(&r);
	struct record_source s = {.generation = record_read_64(&r)};

	s.began = record_read_32(&r);
	record_read_node(&r, (size_t)(r.end - r.at), s.node);
	if (r.failed || version != RECORD_VERSION || found != kind)
		return -EINVAL;
	*channel = c;
	*source = s;
	return 0;
}

int record_kind_of(const void *key, size_t len)
{
	struct record_reader r = record_reader(key, len);
	uint8_t version = record_read_8(&r), kind = record_read_8(&r);

	if (version != RECORD_VERSION || (kind != RECORD_TALLY && kind != RECORD_REPORT))
		return -EINVAL;
	return kind;
}

size_t record_frame_key(uint16_t channel, uint8_t out[RECORD_FRAME_KEY])
{
	store_be16(out, channel);
	return RECORD_FRAME_KEY;
}

int record_frame_key_decode(const void *key, size_t len, uint16_t *channel)
{
	struct record_reader r = record_reader(key, len);
	uint16_t c = record_read_16(&r);

	if (!record_read_whole(&r))
		return -EINVAL;
	*channel = c;
	return 0;
}

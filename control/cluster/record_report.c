/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/record_key.h"

#include <errno.h>

enum { REPORT_LEAVES = 1 << 0 };

size_t record_report_key(const struct record_report *r, uint8_t *out)
{
	struct record_source of = {0};

	memcpy(of.node, r->node, sizeof(of.node));
	return record_key_write(out, RECORD_REPORT, RECORD_NO_CHANNEL, &of);
}

size_t record_report_encode(const struct record_report *r, uint8_t *out)
{
	uint8_t *at = out;

	record_write_8(&at, RECORD_VERSION);
	record_write_8(&at, r->leaves ? REPORT_LEAVES : 0);
	record_write_64(&at, r->generation);
	record_write_64(&at, r->window);
	record_write_64(&at, r->ends);
	record_write_32(&at, r->window_ms);
	return (size_t)(at - out);
}

static int read_key(const void *key, size_t len, char node[RECORD_NODE_MAX + 1])
{
	struct record_source of;
	uint16_t channel;

	if (record_key_read(key, len, RECORD_REPORT, &channel, &of) != 0)
		return -EINVAL;
	if (channel != RECORD_NO_CHANNEL || of.generation != 0 || of.began != 0)
		return -EINVAL;
	memcpy(node, of.node, sizeof(of.node));
	return 0;
}

int record_report_decode(
	const void *key, size_t key_len, const void *value, size_t len, struct record_report *out)
{
	struct record_reader r = record_reader(value, len);
	uint8_t version = record_read_8(&r), flags = record_read_8(&r);

	if (read_key(key, key_len, out->node) != 0)
		return -EINVAL;
	out->leaves = (flags & REPORT_LEAVES) != 0;
	out->generation = record_read_64(&r);
	out->window = record_read_64(&r);
	out->ends = record_read_64(&r);
	out->window_ms = record_read_32(&r);
	if (!record_read_whole(&r) || version != RECORD_VERSION || (flags & ~REPORT_LEAVES) != 0)
		return -EINVAL;
	return out->generation != 0 && out->window_ms != 0 ? 0 : -EINVAL;
}

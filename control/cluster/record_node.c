/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/record_node.h"

static bool allowed(char c)
{
	// Not isalnum(): the same names are valid in every locale.
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

bool record_node_valid(const char *name, size_t len)
{
	if (len == 0 || len > RECORD_NODE_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!allowed(name[i]))
			return false;
	}
	return true;
}

void record_read_node(struct record_reader *r, size_t n, char out[RECORD_NODE_MAX + 1])
{
	const uint8_t *at = record_read(r, n);

	if (at == NULL || !record_node_valid((const char *)at, n)) {
		r->failed = true;
		return;
	}
	memcpy(out, at, n);
	memset(out + n, 0, RECORD_NODE_MAX + 1 - n);
}

void record_read_named(struct record_reader *r, char out[RECORD_NODE_MAX + 1])
{
	record_read_node(r, record_read_8(r), out);
}

void record_write_named(uint8_t **at, const char *node)
{
	size_t len = strnlen(node, RECORD_NODE_MAX);

	record_write_8(at, (uint8_t)len);
	record_write(at, node, len);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/viewer_flow.h"

#include "wire/bytes.h"

#include <string.h>

/* Spreads neighbours far apart (the finalizer of MurmurHash3). */
static uint32_t scatter(uint32_t v)
{
	v = (v ^ (v >> 16)) * 0x85ebca6b;
	v = (v ^ (v >> 13)) * 0xc2b2ae35;
	return v ^ (v >> 16);
}

void viewer_flow(uint32_t viewer, uint16_t port, struct flow *out)
{
	uint32_t host = scatter(viewer);

	memset(out, 0, sizeof(*out));
	out->v6 = viewer % 3 == 0;
	out->source_port = (uint16_t)(32768 + scatter(~viewer) % 28232); // Linux's ephemeral ports
	out->destination_port = port;
	if (out->v6) {
		store_be32(out->source, 0x20010db8);
		store_be16(out->source + 4, (uint16_t)(host >> 16));
		store_be32(out->source + 12, host | 1);
		out->destination[15] = 1; // ::1
	} else {
		store_be32(out->source, 10u << 24 | (host & 0xffffff));
		store_be32(out->destination, 0x7f000001); // 127.0.0.1
	}
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/envelope.h"

#include "wire/bytes.h"

#include <string.h>

enum { TYPE_VLAN = 0x8100, TYPE_QINQ = 0x88a8 };

struct flow envelope_flow(const struct traffic_spec *spec, uint32_t host, uint16_t port)
{
	struct flow f = {.v6 = spec->v6, .source_port = port, .destination_port = spec->port};
	uint8_t *last = f.source + (spec->v6 ? 12 : 0);

	memcpy(f.source, spec->net, sizeof(f.source));
	memcpy(f.destination, spec->to, sizeof(f.destination));
	store_be32(last, load_be32(last) | host);
	return f;
}

void envelope_insert(uint8_t *frame, uint32_t *len, uint32_t at, const uint8_t *bytes, uint32_t n)
{
	memmove(frame + at + n, frame + at, *len - at);
	memcpy(frame + at, bytes, n);
	*len += n;
}

/* The outer of two tags has the type that IEEE 802.1ad gives it. */
static void put_tags(const struct traffic_spec *spec, uint8_t *frame, uint32_t *len)
{
	for (unsigned i = spec->vlans; i-- > 0;) {
		bool outer = i == 0 && spec->vlans > 1;
		uint8_t tag[ENVELOPE_TAG_LEN];

		store_be16(tag, outer ? TYPE_QINQ : TYPE_VLAN);
		store_be16(tag + 2, spec->vlan[i]);
		envelope_insert(frame, len, ENVELOPE_ETHER_LEN - 2, tag, sizeof(tag));
	}
}

uint32_t envelope_put(const struct traffic_spec *spec, const struct flow *flow,
	const uint8_t *payload, size_t payload_len, uint8_t *out)
{
	int built = frame_build(flow, payload, payload_len, out);
	uint32_t len = built < 0 ? 0 : (uint32_t)built;

	if (len == 0)
		return 0;
	memcpy(out, spec->to_mac, 6);
	memcpy(out + 6, spec->from_mac, 6);
	put_tags(spec, out, &len);
	return len;
}

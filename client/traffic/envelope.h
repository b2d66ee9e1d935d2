/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Where the parts of a generated frame are, and one with its tags and addresses around a payload.
 */
#ifndef CLIENT_TRAFFIC_ENVELOPE_H
#define CLIENT_TRAFFIC_ENVELOPE_H

#include "client/relay/frame_build.h"
#include "client/traffic/spec.h"

enum {
	ENVELOPE_ETHER_LEN = 14,
	ENVELOPE_TAG_LEN = 4,
	ENVELOPE_UDP_LEN = 8,
};

static inline uint32_t envelope_ip_at(const struct traffic_spec *spec)
{
	return ENVELOPE_ETHER_LEN + ENVELOPE_TAG_LEN * (uint32_t)spec->vlans;
}

static inline uint32_t envelope_ip_len(bool v6)
{
	return v6 ? 40 : 20;
}

/* The bits of a sender's address that are not the network's: at most the last 32. */
static inline uint32_t envelope_host_mask(const struct traffic_spec *spec)
{
	unsigned bits = (spec->v6 ? 128 : 32) - spec->net_bits;

	return bits >= 32 ? UINT32_MAX : (1u << bits) - 1;
}

/* From the sender with those host bits and port to the appliance. */
struct flow envelope_flow(const struct traffic_spec *spec, uint32_t host, uint16_t port);

/* A frame as `spec` wants it, in out of FRAME_BUILD_MAX bytes and room for the tags; its length. */
uint32_t envelope_put(const struct traffic_spec *spec, const struct flow *flow,
	const uint8_t *payload, size_t len, uint8_t *out);

/* Moves what is behind `at` back and puts n bytes there. */
void envelope_insert(uint8_t *frame, uint32_t *len, uint32_t at, const uint8_t *bytes, uint32_t n);

#endif

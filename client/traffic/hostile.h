/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Frames that have to be refused: one for each reason that a frame alone can give to an appliance
 * without configuration. What else there is (wire/refusal.def) takes switches that are off, or
 * tickets.
 */
#ifndef CLIENT_TRAFFIC_HOSTILE_H
#define CLIENT_TRAFFIC_HOSTILE_H

#include "client/traffic/spec.h"

#define HOSTILE_BIT(reason) (1ull << (reason))

/* Reasons as in traffic_spec. The policies are that a channel and a reaction are to exist. */
#define HOSTILE_ALL                                                                \
	((HOSTILE_BIT(REFUSED_text_utf8 + 1) - HOSTILE_BIT(REFUSED_ether_short)) | \
		HOSTILE_BIT(REFUSED_channel) | HOSTILE_BIT(REFUSED_reaction) |     \
		HOSTILE_BIT(REFUSED_text_no_reaction))

/* A NIC pads to 60 bytes, which leaves no frame that is shorter than its header. */
#define HOSTILE_ON_A_WIRE (HOSTILE_ALL & ~HOSTILE_BIT(REFUSED_ether_short))

/*
 * Writes a frame that is to be refused for that reason, from that sender (envelope_flow()), of at
 * most 160 bytes. It may be of the other IP version if only that has the fault. Returns its length.
 */
uint32_t hostile_put(const struct traffic_spec *spec, enum refusal reason, uint64_t session,
	uint32_t host, uint16_t port, uint8_t *out);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What generated traffic is to be: which viewers tap which channels, in what form, and how much of
 * it is malformed. Two that are equal make the same frames, byte for byte.
 */
#ifndef CLIENT_TRAFFIC_SPEC_H
#define CLIENT_TRAFFIC_SPEC_H

#include "wire/limits.h"
#include "wire/refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TRAFFIC_WHOLE = 10000, // shares are parts of it
	TRAFFIC_VLANS_MAX = 2,
	TRAFFIC_PREFIX_MIN = 8, // bits of the network that senders are in
	TRAFFIC_SEED_MAX = 0xffffff,
	TRAFFIC_REACTION_IDS = 24, // of the default catalogue
};

#define TRAFFIC_SESSIONS_MAX UINT32_MAX

struct traffic_spec {
	uint16_t first_channel, last_channel;
	uint32_t sessions;
	uint8_t batches;       // in a datagram: the newest, and those that it repeats
	uint8_t reactions;     // in a batch
	uint8_t taps;          // of each reaction
	uint16_t reaction_ids; // those from 0 to it occur, it not included
	uint16_t text;         // of TRAFFIC_WHOLE frames: sequenced text
	uint16_t unsequenced;
	uint16_t hostile;
	uint64_t reasons; // for which hostile frames are to be refused, a bit for each
	bool v6;
	uint8_t vlans; // tags, the outer first
	uint16_t vlan[TRAFFIC_VLANS_MAX];
	uint8_t to_mac[6], from_mac[6];
	uint8_t to[16], net[16]; // 4 bytes of them for IPv4
	uint8_t net_bits;        // of net; senders differ in the rest, in 32 bits at most
	uint16_t port;
	uint32_t seed; // 0 to TRAFFIC_SEED_MAX: two seeds have no session in common
};

/*
 * One reaction a datagram by a million viewers of channels 0 to 3, between addresses that RFC 2544
 * and RFC 5180 set aside for benchmarks: what an appliance without configuration takes.
 */
void traffic_spec_default(struct traffic_spec *spec);

/* The benchmark addresses of that family in place of those that are there. */
void traffic_spec_use_family(struct traffic_spec *spec, bool v6);

/* Can it be made? 0, or -EINVAL with a sentence in error, of cap bytes. */
int traffic_spec_check(const struct traffic_spec *spec, char *error, size_t cap);

#endif

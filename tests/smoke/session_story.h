/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What so many viewers send, round by round, to an appliance with two ports. In each round each of
 * them taps once, which is the next batch of its session. All of it follows from the numbers of
 * the round and of the viewer, so that whoever knows how many rounds there were knows every count,
 * and whoever goes back some rounds sends the very same datagrams again.
 *
 * A datagram repeats up to seven batches before its own. It goes to one port, at times to both; a
 * viewer changes the port every few rounds. Some are held back and come late, behind newer ones,
 * some come again much later. After LIFE rounds a viewer takes a new session.
 */
#ifndef TESTS_SESSION_STORY_H
#define TESTS_SESSION_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STORY_PORTS = 2,
	STORY_VIEWERS = 2048,
	STORY_LIFE = 200,
	STORY_LATE_MAX = 4,   // rounds by which a datagram is held back at most
	STORY_AGAIN_MAX = 12, // rounds after which one comes again, at most
	STORY_CHANNELS = 4,
	STORY_REACTIONS = 24,
	STORY_TAPS_MAX = 4,   // of one reaction in a batch
	STORY_BATCHES = 4096, // that differ
	STORY_PAYLOAD = 512,
	STORY_TURN_MAX = 2 + STORY_LATE_MAX, // datagrams of a viewer in a round, to one port
};

struct story_datagram {
	uint8_t payload[STORY_PAYLOAD];
	uint16_t len;
};

/* As on the wire. */
struct story_batch {
	uint8_t n;
	uint8_t pairs[2 * STORY_REACTIONS];
};

struct story {
	struct story_batch batches[STORY_BATCHES];
};

void story_begin(struct story *s);

/*
 * What a viewer sends to a port in a round. Rounds from `rounds` on bring nothing new, only what
 * was held back. Returns how many datagrams.
 */
unsigned story_turn(const struct story *s, uint32_t round, uint32_t viewer, unsigned port,
	uint32_t rounds, struct story_datagram out[STORY_TURN_MAX]);

/* Adds all taps of these rounds. */
void story_count(
	const struct story *s, uint32_t rounds, uint64_t counts[STORY_CHANNELS][STORY_REACTIONS]);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "session_story.h"

#include "wire/reaction.h"

#include <string.h>

enum {
	STAY = 8, // rounds on one port
	BOTH_IN = 4,
	HELD_IN = 16,
	AGAIN_IN = 8, // one in so many
};

enum question { BATCH, REPEATED, PORT, BOTH, HELD, AGAIN };

/* A number that looks like chance; splitmix64 (Steele, Lea and Flood, 2014). */
static uint64_t chance(uint32_t round, uint32_t viewer, enum question question)
{
	uint64_t z = ((uint64_t)round << 32 | viewer) * 8 + question;

	z += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static unsigned channel_of(uint32_t viewer)
{
	return viewer % STORY_CHANNELS;
}

struct place {
	uint64_t session;
	uint32_t sequence;
};

/* Viewers change their sessions in different rounds, so the first ones are shorter. */
static struct place place_of(uint32_t round, uint32_t viewer)
{
	uint32_t age = round + viewer * 37 % STORY_LIFE, generation = age / STORY_LIFE;

	return (struct place){
		.session = 1 + viewer + (uint64_t)generation * STORY_VIEWERS,
		.sequence = 1 + (generation == 0 ? round : age % STORY_LIFE),
	};
}

/* Half of the batches have one reaction only, the others up to all. */
static void make_batch(uint64_t c, struct story_batch *b)
{
	b->n = (c & 1) != 0 ? 1 : (uint8_t)(2 + (c >> 1) % (STORY_REACTIONS - 1));
	for (unsigned i = 0; i < b->n; i++) {
		b->pairs[2 * i] = (uint8_t)(((c >> 8) + i) % STORY_REACTIONS);
		b->pairs[2 * i + 1] = (uint8_t)(1 + (c >> (16 + i)) % STORY_TAPS_MAX);
	}
}

void story_begin(struct story *s)
{
	for (uint32_t i = 0; i < STORY_BATCHES; i++)
		make_batch(chance(i, 0, BATCH), &s->batches[i]);
}

static const struct story_batch *batch(const struct story *s, uint32_t round, uint32_t viewer)
{
	return &s->batches[chance(round, viewer, BATCH) % STORY_BATCHES];
}

/* A session that is new says so in its first datagrams, by all its batches. */
static unsigned batches(uint32_t round, uint32_t viewer, uint32_t sequence)
{
	uint64_t c = chance(round, viewer, REPEATED);

	if (sequence <= WIRE_BATCHES_MAX)
		return sequence;
	return (c & 1) != 0 ? 1 : 1 + (c >> 1) % WIRE_BATCHES_MAX;
}

static void tell(const struct story *s, uint32_t round, uint32_t viewer, struct story_datagram *out)
{
	struct place place = place_of(round, viewer);
	const struct reaction_datagram head = {
		.session = place.session,
		.sequence = place.sequence,
		.channel = (uint16_t)channel_of(viewer),
		.batches = (uint8_t)batches(round, viewer, place.sequence),
	};
	size_t len = reaction_put_header(out->payload, sizeof(out->payload), &head);

	for (uint32_t i = 0; i < head.batches; i++) {
		const struct story_batch *b = batch(s, round - i, viewer);

		memcpy(out->payload + len, b, 1 + 2 * b->n);
		len += 1 + 2 * b->n;
	}
	out->len = (uint16_t)len;
}

static bool goes_to(uint32_t round, uint32_t viewer, unsigned port)
{
	return chance(round, viewer, BOTH) % BOTH_IN == 0 ||
	       chance(round / STAY, viewer, PORT) % STORY_PORTS == port;
}

/* By how many rounds; 0: it is not. */
static uint32_t held_back(uint32_t round, uint32_t viewer)
{
	uint64_t c = chance(round, viewer, HELD);

	return c % HELD_IN == 0 ? 1 + (uint32_t)(c / HELD_IN % STORY_LATE_MAX) : 0;
}

/* The round of which a datagram comes again in this one; the same one: of none. */
static uint32_t comes_again(uint32_t round, uint32_t viewer)
{
	uint64_t c = chance(round, viewer, AGAIN);
	uint32_t ago = 1 + (uint32_t)(c / AGAIN_IN % STORY_AGAIN_MAX);

	return c % AGAIN_IN == 0 && ago <= round ? round - ago : round;
}

unsigned story_turn(const struct story *s, uint32_t round, uint32_t viewer, unsigned port,
	uint32_t rounds, struct story_datagram out[STORY_TURN_MAX])
{
	unsigned n = 0;
	uint32_t again = comes_again(round, viewer);

	if (round < rounds && held_back(round, viewer) == 0 && goes_to(round, viewer, port))
		tell(s, round, viewer, &out[n++]);
	for (uint32_t ago = 1; ago <= STORY_LATE_MAX && ago <= round; ago++) {
		if (round - ago < rounds && held_back(round - ago, viewer) == ago)
			tell(s, round - ago, viewer, &out[n++]);
	}
	if (again < rounds && again != round)
		tell(s, again, viewer, &out[n++]);
	return n;
}

void story_count(
	const struct story *s, uint32_t rounds, uint64_t counts[STORY_CHANNELS][STORY_REACTIONS])
{
	for (uint32_t round = 0; round < rounds; round++) {
		for (uint32_t viewer = 0; viewer < STORY_VIEWERS; viewer++) {
			const struct story_batch *b = batch(s, round, viewer);

			for (unsigned i = 0; i < b->n; i++)
				counts[channel_of(viewer)][b->pairs[2 * i]] += b->pairs[2 * i + 1];
		}
	}
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Generated frames, read by the appliance's own parser: each is what it was said to be. */

#include "client/traffic/hostile.h"
#include "client/traffic/scatter.h"
#include "client/traffic/tally.h"
#include "client/traffic/texts.h"
#include "dataplane/packet.h"
#include "wire/reaction.h"
#include "wire/utf8.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct traffic traffic;
static struct traffic_spec spec;
static uint8_t frame[TRAFFIC_FRAME_MAX];
static struct traffic_kind kind;
static struct reaction_datagram datagram;

static void make(void)
{
	char error[160];

	cr_assert(traffic_init(&traffic, &spec, error, sizeof(error)) == 0, "%s", error);
}

static void fini(void)
{
	traffic_free(&traffic);
}

TestSuite(traffic, .init = NULL, .fini = fini);

/* What is refused by a channel or a catalogue is well-formed. */
static enum refusal of_policy(void)
{
	bool text = (datagram.flags & REACTION_TEXT) != 0;

	if (text && !utf8_valid(datagram.body, datagram.body_len))
		return REFUSED_text_utf8;
	if (datagram.channel > spec.last_channel)
		return REFUSED_channel;
	if (!text && datagram.high_ids)
		return REFUSED_reaction;
	return kind.refusal == REFUSED_text_no_reaction && text ? kind.refusal : REFUSED_none;
}

static enum refusal read_frame(uint32_t len, bool partial_checksums)
{
	const struct packet_rules rules = {
		.port = spec.port, .partial_checksums = partial_checksums};
	const struct packet_verdict nothing_known = {0};
	struct packet packet;
	enum refusal r = packet_parse(frame, len, &rules, &nothing_known, &packet);

	if (r == REFUSED_none)
		r = reaction_decode(packet.payload, packet.payload_len, &datagram);
	return r != REFUSED_none ? r : of_policy();
}

static unsigned taps_of_batches(void)
{
	struct reaction_batch batch = reaction_batch_at(datagram.body);
	unsigned taps = 0;

	for (unsigned i = 0; i < batch.n; i++)
		taps += batch.pairs[2 * i + 1];
	return taps;
}

static unsigned taps_of_text(void)
{
	for (unsigned i = 0; i < TRAFFIC_TEXTS; i++) {
		if (strlen(traffic_texts[i].text) == datagram.body_len &&
			memcmp(traffic_texts[i].text, datagram.body, datagram.body_len) == 0)
			return traffic_texts[i].taps;
	}
	return 0;
}

static void expect_accepted(uint64_t i)
{
	bool text = (datagram.flags & REACTION_TEXT) != 0;

	cr_assert(datagram.channel == kind.channel && datagram.batches == kind.batches);
	cr_assert(datagram.channel >= spec.first_channel && datagram.channel <= spec.last_channel);
	cr_assert((text ? taps_of_text() : taps_of_batches()) == kind.taps, "taps of frame %lu", i);
	cr_assert(kind.taps > 0 && load_be16(frame + traffic.udp_at + 6) != 0);
}

static void next_frame(uint64_t i, bool partial_checksums)
{
	uint32_t len = traffic_frame(&traffic, i, frame, &kind);
	enum refusal r = read_frame(len, partial_checksums);

	cr_assert(r == kind.refusal, "frame %lu: %s, not %s", i,
		r != REFUSED_none ? refusal_name(r) : "accepted",
		kind.refusal != REFUSED_none ? refusal_name(kind.refusal) : "accepted");
	if (r == REFUSED_none)
		expect_accepted(i);
}

static void make_a_mixture(bool v6, unsigned vlans)
{
	traffic_spec_default(&spec);
	traffic_spec_use_family(&spec, v6);
	spec.vlans = (uint8_t)vlans;
	spec.vlan[0] = 100;
	spec.vlan[1] = 4094;
	spec.first_channel = 10;
	spec.last_channel = 300;
	spec.sessions = 1234;
	spec.batches = 4;
	spec.reactions = 5;
	spec.taps = 3;
	spec.text = 1500;
	spec.unsequenced = 700;
	spec.hostile = 4000;
	spec.reasons = HOSTILE_ALL;
	make();
}

Test(traffic, every_frame_is_what_it_is_said_to_be)
{
	for (unsigned form = 0; form < 12; form++) {
		make_a_mixture(form % 2 != 0, form / 2 % 3);
		for (uint64_t i = 0; i < 20000; i++)
			next_frame(i, form >= 6);
		traffic_free(&traffic);
	}
}

Test(traffic, far_away_frames_are_right_too)
{
	make_a_mixture(false, 0);
	for (uint64_t i = 1000000000000; i < 1000000010000; i++)
		next_frame(i, false);
}

enum { RARE = 400000 }; // so many that what happens to one frame in 65536 happens

/* That would say that there is no checksum. */
Test(traffic, no_checksum_is_zero)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		traffic_spec_default(&spec);
		traffic_spec_use_family(&spec, v6 != 0);
		make();
		for (uint64_t i = 0; i < RARE; i++)
			next_frame(i, false);
		traffic_free(&traffic);
	}
}

Test(traffic, no_wrong_checksum_is_one_that_a_kernel_leaves_half_made)
{
	traffic_spec_default(&spec);
	for (unsigned v6 = 0; v6 < 2; v6++) {
		traffic_spec_use_family(&spec, v6 != 0);
		for (uint32_t i = 0; i < RARE; i++) {
			uint32_t len =
				hostile_put(&spec, REFUSED_udp_checksum, 1 + scatter_mix(i) % 1000,
					i & 0xffff, (uint16_t)(1024 + i / 7), frame);

			cr_assert(read_frame(len, true) == REFUSED_udp_checksum, "variant %u", i);
		}
	}
}

Test(traffic, shares_are_exact)
{
	struct traffic_tally t = {0};
	uint32_t texts = 0, unsequenced = 0;

	make_a_mixture(false, 0);
	for (uint64_t i = 777; i < 777 + TRAFFIC_WHOLE; i++) {
		uint32_t len = traffic_frame(&traffic, i, frame, &kind);

		traffic_tally_add(&t, &kind, len);
		if (read_frame(len, false) != REFUSED_none)
			continue;
		texts += (datagram.flags & REACTION_TEXT) != 0;
		unsequenced += datagram.sequence == 0;
	}
	cr_assert(t.frames == TRAFFIC_WHOLE && t.accepted == 6000 && t.batches_counted == 6000);
	cr_assert(texts == 1500 && unsequenced == 700);
}

Test(traffic, reasons_come_evenly_however_few_frames_are_hostile)
{
	struct traffic_tally t = {0};
	unsigned n = (unsigned)__builtin_popcountll(HOSTILE_ALL);

	traffic_spec_default(&spec);
	spec.hostile = 1;
	spec.reasons = HOSTILE_ALL;
	make();
	for (uint64_t i = 0; i < 3 * n * TRAFFIC_WHOLE; i++)
		traffic_tally_add(&t, &kind, traffic_frame(&traffic, i, frame, &kind));
	for (enum refusal r = REFUSED_none + 1; r < REFUSALS; r++)
		cr_assert(t.refused[r] == ((HOSTILE_ALL & HOSTILE_BIT(r)) != 0 ? 3 : 0),
			"%lu frames for %s", t.refused[r], refusal_name(r));
}

/* A refusal that is new has to be among the hostile frames, or here. */
Test(traffic, what_no_frame_can_be_refused_for_takes_a_configuration)
{
	const uint64_t of_configuration =
		HOSTILE_BIT(REFUSED_text_off) | HOSTILE_BIT(REFUSED_unsequenced_off) |
		HOSTILE_BIT(REFUSED_ticket_missing) | HOSTILE_BIT(REFUSED_ticket_key) |
		HOSTILE_BIT(REFUSED_ticket_mac) | HOSTILE_BIT(REFUSED_ticket_expired) |
		HOSTILE_BIT(REFUSED_ticket_channel) | HOSTILE_BIT(REFUSED_unsequenced_rate);

	/* Of how many frames there are, and not of any one. */
	const uint64_t of_numbers =
		HOSTILE_BIT(REFUSED_exception_rate) | HOSTILE_BIT(REFUSED_exception_full);

	cr_assert((HOSTILE_ALL & (of_configuration | of_numbers)) == 0);
	cr_assert((HOSTILE_ALL | of_configuration | of_numbers) == HOSTILE_BIT(REFUSALS) - 2);
}

/* Of one viewer. */
struct seen {
	uint64_t session, sequences;
	uint16_t channel, port;
	uint32_t address;
};

static void expect_the_same_viewer(struct seen *s)
{
	struct seen now = {.session = datagram.session,
		.sequences = s->sequences + 1,
		.channel = datagram.channel,
		.port = load_be16(frame + traffic.udp_at),
		.address = load_be32(frame + traffic.ip_at + 12)};

	if (s->sequences == 0)
		*s = now;
	s->sequences = now.sequences;
	cr_assert(memcmp(s, &now, sizeof(now)) == 0, "a viewer that is another one now");
	cr_assert(datagram.sequence == spec.batches + s->sequences);
}

Test(traffic, viewers_come_in_turn_and_stay_what_they_are)
{
	static struct seen seen[1234];
	unsigned turn = 0;

	make_a_mixture(false, 0);
	for (uint64_t i = 0; i < 20000; i++) {
		uint32_t len = traffic_frame(&traffic, i, frame, &kind);

		if (read_frame(len, false) == REFUSED_none && datagram.sequence != 0)
			expect_the_same_viewer(&seen[turn++ % 1234]);
	}
	for (unsigned i = 0; i < 1234; i++) {
		cr_assert(seen[i].address >> 16 == (198 << 8 | 18));
		cr_assert((seen[i].address & 0xffff) != 0 && (seen[i].address & 0xffff) != 0xffff);
		for (unsigned j = 0; j < i; j++)
			cr_assert(seen[i].session != seen[j].session);
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

Test(traffic, seeds_have_no_session_in_common)
{
	enum { EACH = 50000, SEEDS = 3 };
	static uint64_t sessions[EACH * SEEDS];
	const uint32_t seeds[SEEDS] = {0, 1, TRAFFIC_SEED_MAX};

	for (unsigned s = 0; s < SEEDS; s++) {
		traffic_spec_default(&spec);
		spec.seed = seeds[s];
		make();
		for (unsigned i = 0; i < EACH; i++) {
			read_frame(traffic_frame(&traffic, i, frame, &kind), false);
			sessions[s * EACH + i] = datagram.session;
		}
		traffic_free(&traffic);
	}
	qsort(sessions, EACH * SEEDS, sizeof(sessions[0]), compare);
	for (unsigned i = 1; i < EACH * SEEDS; i++)
		cr_assert(sessions[i] != sessions[i - 1]);
}

Test(traffic, a_frame_depends_on_its_number_alone)
{
	static struct traffic again;
	uint8_t other[TRAFFIC_FRAME_MAX];
	struct traffic_kind other_kind;
	char error[160];

	make_a_mixture(true, 1);
	cr_assert(traffic_init(&again, &spec, error, sizeof(error)) == 0);
	for (uint64_t i = 0; i < 20000; i++) {
		uint64_t n = scatter_shuffle(i, 40);
		uint32_t len = traffic_frame(&traffic, n, frame, &kind);

		cr_assert(traffic_frame(&again, n, other, &other_kind) == len);
		cr_assert(memcmp(frame, other, len) == 0);
	}
	traffic_free(&again);
}

Test(traffic, the_largest_fits_and_nothing_is_written_behind_the_room)
{
	uint8_t room[TRAFFIC_FRAME_MAX + 64];
	uint32_t most = 0;

	traffic_spec_default(&spec);
	traffic_spec_use_family(&spec, true);
	spec.vlans = 2;
	spec.batches = WIRE_BATCHES_MAX;
	spec.reactions = WIRE_PAIRS_MAX;
	spec.reaction_ids = WIRE_REACTIONS_MAX;
	spec.hostile = 5000;
	spec.reasons = HOSTILE_ALL & ~HOSTILE_BIT(REFUSED_reaction);
	make();
	memset(room, 0xa5, sizeof(room));
	for (uint64_t i = 0; i < 10000; i++) {
		uint32_t len = traffic_frame(&traffic, i, room, &kind);

		most = len > most ? len : most;
	}
	cr_assert(most == 14 + 8 + 40 + 8 + 16 + 8 * 65);
	for (unsigned i = 0; i < 64; i++)
		cr_assert(room[TRAFFIC_FRAME_MAX + i] == 0xa5);
}

Test(traffic, sequences_end_where_it_is_said)
{
	traffic_spec_default(&spec);
	spec.sessions = 7;
	spec.hostile = 2500;
	make();
	uint64_t max = traffic_frames_max(&traffic);

	cr_assert(max > 7ull * UINT32_MAX && max < 14ull * UINT32_MAX);
	for (uint64_t i = max - 100; i < max; i++) {
		if (read_frame(traffic_frame(&traffic, i, frame, &kind), false) == REFUSED_none)
			cr_assert(datagram.sequence > UINT32_MAX - 100);
	}
}

Test(traffic, what_cannot_be_is_refused_in_words)
{
	static const struct {
		uint16_t first_channel, last_channel;
		uint32_t sessions;
		uint8_t batches, reactions, taps;
		uint16_t hostile;
		uint8_t vlans, net_bits;
		uint64_t reasons;
	} wrong[] = {
		{5, 4, 1, 1, 1, 1, 0, 0, 16, HOSTILE_ALL},
		{0, 65535, 1, 1, 1, 1, 0, 0, 16, HOSTILE_ALL},
		{0, 3, 0, 1, 1, 1, 0, 0, 16, HOSTILE_ALL},
		{0, 3, 1, 9, 1, 1, 0, 0, 16, HOSTILE_ALL},
		{0, 3, 1, 1, 25, 1, 0, 0, 16, HOSTILE_ALL},
		{0, 3, 1, 1, 1, 0, 0, 0, 16, HOSTILE_ALL},
		{0, 3, 1, 1, 1, 1, 10001, 0, 16, HOSTILE_ALL},
		{0, 3, 1, 1, 1, 1, 0, 3, 16, HOSTILE_ALL},
		{0, 3, 1, 1, 1, 1, 0, 0, 31, HOSTILE_ALL},
		{0, 3, 1, 1, 1, 1, 0, 0, 7, HOSTILE_ALL},
		{0, 3, 1, 1, 1, 1, 1, 0, 16, 0},
		{0, 3, 1, 1, 1, 1, 1, 0, 16, HOSTILE_BIT(REFUSED_text_off)},
	};
	char error[160];

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		traffic_spec_default(&spec);
		spec.first_channel = wrong[i].first_channel;
		spec.last_channel = wrong[i].last_channel;
		spec.sessions = wrong[i].sessions;
		spec.batches = wrong[i].batches;
		spec.reactions = wrong[i].reactions;
		spec.taps = wrong[i].taps;
		spec.hostile = wrong[i].hostile;
		spec.vlans = wrong[i].vlans;
		spec.net_bits = wrong[i].net_bits;
		spec.reasons = wrong[i].reasons;
		error[0] = '\0';
		cr_assert(traffic_init(&traffic, &spec, error, sizeof(error)) < 0, "case %u", i);
		cr_assert(error[0] != '\0');
	}
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * counter_take(): everything counts, or nothing does and the reason is named.
 */

#include "counting_rig.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define HEADER(flags, channel, batches, sequence)                                                \
	0xfa, 0x10 | (flags), (channel) >> 8, (channel)&0xff, (batches), 0, 0, 0, 0, 0, 0, 1, 0, \
		0, 0, (sequence)
#define TICKET 9, 9, 9, 9, 1, 0, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8
#define TAKE(rig, ...) \
	take(rig, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static struct counting_rig *rig;

static void set_up(void)
{
	rig = counting_rig_new();
}

static void tear_down(void)
{
	counting_rig_free(rig);
}

TestSuite(dataplane_counter, .init = set_up, .fini = tear_down);

/* A refusal leaves everything as it was, and rows of nobody stay empty. */
static enum refusal take(struct counting_rig *r, const uint8_t *payload, size_t len)
{
	struct counting_rig *before = malloc(sizeof(*before));

	memcpy(before, r, sizeof(*before));
	enum refusal result = counter_take(&r->counter, payload, len);
	cr_expect(result == REFUSED_none || counting_rig_same(r, before), "%s, but counted",
		refusal_name(result));
	cr_expect_eq(counting_rig_taps(r, 0) + counting_rig_taps(r, 3), 0);
	cr_expect_eq(r->block.stats.taps_counted, counting_rig_all_taps(r));
	free(before);
	return result;
}

static enum refusal take_text(struct counting_rig *r, const char *text)
{
	return take(r, (const uint8_t *)text, strlen(text));
}

Test(dataplane_counter, the_pairs_of_the_newest_batch_are_added)
{
	cr_assert_eq(TAKE(rig, HEADER(0, 1, 1, 1), 3, 7, 2, 0, 255, 23, 1), REFUSED_none);
	cr_assert_eq(TAKE(rig, HEADER(0, 1, 1, 2), 1, 7, 5), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][7], 7);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][0], 255);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][23], 1);
	cr_expect_eq(counting_rig_taps(rig, RIG_ROW_OF_1), 263);
	cr_expect_eq(counting_rig_taps(rig, RIG_ROW_OF_0), 0);
	cr_expect_eq(rig->block.stats.taps_counted, 263);
	cr_expect_eq(rig->block.stats.batches, 2);
	cr_expect_eq(rig->block.stats.batches_counted, 2);
	cr_expect_eq(rig->block.stats.batches_duplicate, 0);
}

Test(dataplane_counter, of_a_session_that_began_elsewhere_only_the_newest_batch_counts)
{
	cr_assert_eq(TAKE(rig, HEADER(0, 0, 3, 9), 1, 7, 5, 1, 7, 9, 2, 7, 1, 8, 1), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_0][7], 5);
	cr_expect_eq(counting_rig_all_taps(rig), 5);
	cr_expect_eq(rig->block.stats.batches, 3);
	cr_expect_eq(rig->block.stats.batches_counted, 1);
	cr_expect_eq(rig->block.stats.batches_stale, 2);
}

Test(dataplane_counter, a_datagram_that_reports_nothing_is_accepted_and_counts_nothing)
{
	struct counting_rig before = *rig;

	cr_expect_eq(TAKE(rig, HEADER(REACTION_FRAME, 1, 0, 0), 0, 0, 0), REFUSED_none);
	cr_expect(counting_rig_same(rig, &before));
	cr_expect_eq(TAKE(rig, HEADER(REACTION_FRAME, 2, 0, 0)), REFUSED_channel);
}

Test(dataplane_counter, one_unknown_reaction_refuses_the_whole_datagram)
{
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 1), 1, 24, 1), REFUSED_reaction);
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 1), 2, 7, 1, 255, 1), REFUSED_reaction);
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 2, 2), 1, 7, 1, 1, 64, 1), REFUSED_reaction,
		"also in a batch that would not count");
}

Test(dataplane_counter, channels_that_are_not_open_are_refused)
{
	cr_expect_eq(TAKE(rig, HEADER(0, 2, 1, 1), 1, 7, 1), REFUSED_channel);
	cr_expect_eq(TAKE(rig, HEADER(0, 0xfffe, 1, 1), 1, 7, 1), REFUSED_channel);
	cr_expect_eq(TAKE(rig, HEADER(0, 0xffff, 1, 1), 1, 7, 1), REFUSED_channel);
	cr_expect_eq(TAKE(rig, HEADER(0, 2, 1, 1), 1, 255, 1), REFUSED_channel, "before the ids");
	cr_expect_eq(TAKE(rig, HEADER(REACTION_TEXT, 2, 1, 1), 0xff), REFUSED_channel);
}

Test(dataplane_counter, text_counts_for_the_channel_of_its_header)
{
	cr_assert_eq(TAKE(rig, HEADER(REACTION_TEXT, 1, 1, 1), 0xf0, 0x9f, 0x94, 0xa5, ' ', 0xf0,
			     0x9f, 0x94, 0xa5, 0xf0, 0x9f, 0x91, 0x8f),
		REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][7], 2);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][3], 1);
	cr_expect_eq(rig->block.stats.taps_counted, 3);
	cr_expect_eq(rig->block.stats.batches, 1);
	cr_expect_eq(rig->block.stats.batches_counted, 1);
}

Test(dataplane_counter, padding_behind_text_is_not_scanned)
{
	cr_assert_eq(TAKE(rig, HEADER(REACTION_TEXT | REACTION_FRAME, 1, 1, 1), 0xf0, 0x9f, 0x94,
			     0xa5, 0, 0, 0),
		REFUSED_none);
	cr_expect_eq(counting_rig_all_taps(rig), 1);
}

Test(dataplane_counter, plain_text_counts_for_the_configured_channel)
{
	cr_assert_eq(take_text(rig, "🔥🔥👏"), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_0][7], 2);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_0][3], 1);
	rig->policy.text_channel = 1;
	cr_assert_eq(take_text(rig, "goal"), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][6], 1);
	rig->policy.text_channel = 2;
	cr_expect_eq(take_text(rig, "goal"), REFUSED_channel);
}

Test(dataplane_counter, text_that_is_no_utf8_or_has_no_reaction_is_refused_whole)
{
	cr_expect_eq(take_text(rig, "🔥\xff"), REFUSED_text_utf8);
	cr_expect_eq(take_text(rig, "🔥\xf0\x9f\x94"), REFUSED_text_utf8);
	cr_expect_eq(take_text(rig, "hello"), REFUSED_text_no_reaction);
	cr_expect_eq(take_text(rig, "👨‍👩‍👧"), REFUSED_text_no_reaction);
	cr_expect_eq(TAKE(rig, HEADER(REACTION_TEXT, 1, 1, 1), 0xc3), REFUSED_text_utf8);
	cr_expect_eq(TAKE(rig, HEADER(REACTION_TEXT, 1, 1, 1), 'x'), REFUSED_text_no_reaction);
}

Test(dataplane_counter, plain_text_can_be_switched_off)
{
	rig->policy.plain_text = false;
	cr_expect_eq(take_text(rig, "🔥"), REFUSED_text_off);
	cr_expect_eq(
		TAKE(rig, HEADER(REACTION_TEXT, 1, 1, 1), 0xf0, 0x9f, 0x94, 0xa5), REFUSED_none);
}

Test(dataplane_counter, unsequenced_datagrams_can_be_switched_off)
{
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 0), 1, 7, 1), REFUSED_none);
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 0), 1, 7, 1), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][7], 2, "counts as often as it arrives");
	rig->policy.unsequenced = false;
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 0), 1, 7, 1), REFUSED_unsequenced_off);
	cr_expect_eq(TAKE(rig, HEADER(REACTION_TEXT, 1, 1, 0), 0xf0, 0x9f, 0x94, 0xa5),
		REFUSED_unsequenced_off);
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 1), 1, 7, 1), REFUSED_none);
	cr_expect_eq(TAKE(rig, HEADER(REACTION_FRAME, 1, 0, 0)), REFUSED_none, "reports nothing");
	cr_expect_eq(take_text(rig, "🔥"), REFUSED_none, "has a switch of its own");
}

Test(dataplane_counter, unsequenced_datagrams_are_bounded_also_as_text)
{
	rig->counter.unsequenced_budget = 2;
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 0), 1, 7, 1), REFUSED_none);
	cr_expect_eq(take_text(rig, "🔥"), REFUSED_none);
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 0), 1, 7, 1), REFUSED_unsequenced_rate);
	cr_expect_eq(take_text(rig, "🔥"), REFUSED_unsequenced_rate);
	cr_expect_eq(TAKE(rig, HEADER(REACTION_TEXT, 1, 1, 0), 0xf0, 0x9f, 0x94, 0xa5),
		REFUSED_unsequenced_rate);
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 0), 1, 64, 1), REFUSED_reaction, "before the rate");
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 1), 1, 7, 1), REFUSED_none, "sequenced");
}

Test(dataplane_counter, a_ticket_that_nobody_asked_for_changes_nothing)
{
	cr_expect_eq(TAKE(rig, HEADER(REACTION_TICKET, 1, 1, 1), TICKET, 1, 7, 4), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][7], 4);
}

Test(dataplane_counter, what_the_decoder_refuses_is_refused)
{
	cr_expect_eq(take(rig, (const uint8_t *)"", 0), REFUSED_payload_length);
	cr_expect_eq(TAKE(rig, 0xff), REFUSED_magic);
	cr_expect_eq(TAKE(rig, HEADER(0, 1, 1, 1), 1, 7, 1, 0), REFUSED_body);
}

Test(dataplane_counter, a_tally_wraps_without_touching_its_neighbours)
{
	rig->tallies[RIG_ROW_OF_1][7] = UINT64_MAX;
	rig->block.stats.taps_counted = UINT64_MAX;
	cr_assert_eq(TAKE(rig, HEADER(0, 1, 1, 1), 1, 7, 3), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][7], 2);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][6], 0);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][8], 0);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Whom a worker notes as having reacted: the session of each datagram that counted a tap.
 */

#include "counting_rig.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEADER(flags, batches, session, sequence) \
	0xfa, 0x10 | (flags), 0, 1, (batches), 0, 0, 0, 0, 0, 0, (session), 0, 0, 0, (sequence)
#define TAKE(...) take((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static struct counting_rig *rig;

static void set_up(void)
{
	rig = counting_rig_new();
	rig->reactors_head = (struct reactors_head){.window = 9, .key = {0x1234567, 0x89abcdef}};
	reactors_begin(&rig->counter.reactors);
}

static void tear_down(void)
{
	counting_rig_free(rig);
}

TestSuite(dataplane_reactors, .init = set_up, .fini = tear_down);

static enum refusal take(const uint8_t *payload, size_t len)
{
	enum refusal r = counter_take(&rig->counter, payload, len);

	reactors_end(&rig->counter.reactors);
	return r;
}

/* Registers of the row that hold something; lines of another window hold nothing. */
static unsigned noted(unsigned row, uint32_t window)
{
	const struct reactors_line *lines = rig->reactors[row].banks[window & 1];
	unsigned n = 0;

	for (unsigned i = 0; i < REACTORS_LINES; i++) {
		for (unsigned j = 0; lines[i].window == window && j < REACTORS_IN_LINE; j++)
			n += lines[i].registers[j] != 0;
	}
	return n;
}

Test(dataplane_reactors, each_session_is_noted_once_in_the_row_of_its_channel)
{
	cr_assert_eq(TAKE(HEADER(0, 1, 1, 1), 1, 7, 2), REFUSED_none);
	cr_expect_eq(noted(RIG_ROW_OF_1, 9), 1);
	cr_assert_eq(TAKE(HEADER(0, 1, 1, 2), 1, 7, 2), REFUSED_none);
	cr_expect_eq(noted(RIG_ROW_OF_1, 9), 1);
	cr_assert_eq(TAKE(HEADER(0, 1, 2, 1), 1, 7, 2), REFUSED_none);
	cr_expect_eq(noted(RIG_ROW_OF_1, 9), 2);
	for (unsigned row = 0; row < RIG_ROWS; row++)
		cr_expect(row == RIG_ROW_OF_1 || noted(row, 9) == 0);
}

Test(dataplane_reactors, unsequenced_datagrams_and_text_with_a_session_are_noted)
{
	cr_assert_eq(TAKE(HEADER(0, 1, 1, 0), 1, 7, 2), REFUSED_none);
	cr_expect_eq(noted(RIG_ROW_OF_1, 9), 1);
	cr_assert_eq(TAKE(HEADER(REACTION_TEXT, 1, 2, 1), 0xf0, 0x9f, 0x94, 0xa5), REFUSED_none);
	cr_expect_eq(noted(RIG_ROW_OF_1, 9), 2);
}

Test(dataplane_reactors, plain_text_has_no_session_to_note)
{
	cr_assert_eq(TAKE(0xf0, 0x9f, 0x94, 0xa5), REFUSED_none);
	cr_expect_eq(counting_rig_all_taps(rig), 1);
	cr_expect_eq(noted(RIG_ROW_OF_0, 9), 0);
}

Test(dataplane_reactors, who_asks_for_a_frame_and_taps_nothing_is_not_noted)
{
	cr_assert_eq(TAKE(HEADER(REACTION_FRAME, 0, 1, 0)), REFUSED_none);
	cr_expect_eq(noted(RIG_ROW_OF_1, 9), 0);
}

Test(dataplane_reactors, who_is_refused_is_not_noted)
{
	cr_assert_eq(TAKE(HEADER(0, 1, 1, 1), 1, 200, 2), REFUSED_reaction);
	cr_assert_eq(TAKE(HEADER(REACTION_TEXT, 1, 2, 1), 'h', 'i'), REFUSED_text_no_reaction);
	cr_expect_eq(noted(RIG_ROW_OF_1, 9), 0);
}

Test(dataplane_reactors, a_window_begins_without_anybody_and_leaves_the_last_as_it_was)
{
	cr_assert_eq(TAKE(HEADER(0, 1, 1, 1), 1, 7, 2), REFUSED_none);
	rig->reactors_head.window = 10;
	cr_assert_eq(TAKE(HEADER(0, 1, 2, 1), 1, 7, 2), REFUSED_none);
	cr_expect_eq(noted(RIG_ROW_OF_1, 9), 2, "a burst counts for the window it began in");
	reactors_begin(&rig->counter.reactors);
	cr_assert_eq(TAKE(HEADER(0, 1, 1, 2), 1, 7, 2), REFUSED_none);
	cr_expect_eq(noted(RIG_ROW_OF_1, 9), 2);
	cr_expect_eq(noted(RIG_ROW_OF_1, 10), 1);
	rig->reactors_head.window = 11;
	reactors_begin(&rig->counter.reactors);
	cr_assert_eq(TAKE(HEADER(0, 1, 2, 2), 1, 7, 2), REFUSED_none);
	cr_expect_eq(noted(RIG_ROW_OF_1, 10), 1);
	cr_expect_eq(noted(RIG_ROW_OF_1, 11), 1);
}

/* More than fit at once go into the registers when there is no room for another. */
Test(dataplane_reactors, a_burst_of_any_length_is_noted_whole)
{
	struct reactors *r = &rig->counter.reactors;

	for (uint64_t i = 0; i < 3 * REACTORS_PENDING + 1; i++)
		reactors_note(r, 3, i << 60 | (i / 16 % 60 * 4473925 + 1) << 32);
	reactors_end(r);
	cr_expect_eq(noted(3, 9), 3 * REACTORS_PENDING + 1);
}

Test(dataplane_reactors, the_rank_is_the_place_of_the_first_one_of_32)
{
	struct reactors *r = &rig->counter.reactors;
	const struct reactors_line *line = &rig->reactors[3].banks[1][15];

	for (unsigned rank = 1; rank <= 32; rank++) {
		reactors_note(r, 3, 0xffffffffull << 32 | 1u << (32 - rank));
		reactors_end(r);
		cr_expect_eq(line->registers[59], rank);
	}
	reactors_note(r, 3, 0xffffffffull << 32);
	reactors_note(r, 3, 0xffffffffull << 32 | 0xffffffff);
	reactors_end(r);
	cr_expect_eq(line->registers[59], REACTORS_RANK_MAX, "the largest stays");
}

Test(dataplane_reactors, another_key_makes_another_hash)
{
	const struct reactors_head a = {.key = {1, 2}}, b = {.key = {1, 3}}, c = {.key = {2, 2}};

	cr_expect_eq(reactors_hash(&a, 77), reactors_hash(&a, 77));
	cr_expect_neq(reactors_hash(&a, 77), reactors_hash(&a, 78));
	cr_expect_neq(reactors_hash(&a, 77), reactors_hash(&b, 77));
	cr_expect_neq(reactors_hash(&a, 77), reactors_hash(&c, 77));
}

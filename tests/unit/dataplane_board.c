/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The board: a reader gets a whole frame or none, whatever the writer does meanwhile.
 */

#include "dataplane/board.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>

static struct board_slot slot;

static void set_up(void)
{
	board_clear(&slot, 1);
}

TestSuite(dataplane_board, .init = set_up);

Test(dataplane_board, an_empty_slot_has_no_frame)
{
	uint8_t out[WIRE_FRAME_MAX];
	struct board_frame f = board_read(&slot, out, sizeof(out));

	cr_expect_eq(f.length, 0);
	cr_expect_not(f.too_long);
}

Test(dataplane_board, the_newest_frame_is_read_if_there_is_room_for_it)
{
	uint8_t frame[WIRE_FRAME_MAX], out[WIRE_FRAME_MAX + 1];

	for (size_t len = 41; len <= WIRE_FRAME_MAX; len += 7) {
		memset(frame, (int)len, len);
		board_put(&slot, frame, len);
		memset(out, 0xaa, sizeof(out));
		struct board_frame f = board_read(&slot, out, len);
		cr_assert(f.length == len && !f.too_long);
		cr_assert_eq(f.sum, checksum_fold(checksum_add(0, frame, len)));
		cr_assert_eq(memcmp(out, frame, len), 0);
		cr_assert_eq(out[len], 0xaa);
		memset(out, 0xaa, sizeof(out));
		f = board_read(&slot, out, len - 1);
		cr_assert(f.length == 0 && f.too_long);
		cr_assert_eq(out[0], 0xaa);
	}
}

/* As a process leaves it that is killed while it writes. */
Test(dataplane_board, a_slot_that_is_being_written_is_no_frame_and_keeps_nobody)
{
	uint8_t frame[41] = {1}, out[WIRE_FRAME_MAX];

	board_put(&slot, frame, sizeof(frame));
	slot.sequence++;
	struct board_frame f = board_read(&slot, out, sizeof(out));
	cr_expect(f.length == 0 && !f.too_long);
	board_clear(&slot, 1);
	cr_expect_eq(board_read(&slot, out, sizeof(out)).length, 0);
}

/* A length that no frame has can only be a torn one; it must not be copied. */
Test(dataplane_board, a_torn_length_copies_nothing_beyond_a_frame)
{
	uint8_t out[2 * WIRE_FRAME_MAX];

	memset(out, 0xaa, sizeof(out));
	slot.length = WIRE_FRAME_MAX + 1;
	cr_expect_eq(board_read(&slot, out, sizeof(out)).length, 0);
	cr_expect_eq(out[0], 0xaa);
}

enum { WRITES = 300000 };

static atomic_bool done;

/* Each frame is of one byte all through, and its length follows from it. */
static void *write_frames(void *arg)
{
	uint8_t frame[WIRE_FRAME_MAX];

	for (unsigned i = 0; i < WRITES; i++) {
		uint8_t byte = (uint8_t)(41 + i % 200);

		memset(frame, byte, byte);
		board_put(&slot, frame, byte);
	}
	atomic_store(&done, true);
	return arg;
}

Test(dataplane_board, a_reader_never_sees_half_of_two_frames)
{
	uint8_t out[WIRE_FRAME_MAX];
	unsigned whole = 0;
	pthread_t writer;

	cr_assert_eq(pthread_create(&writer, NULL, write_frames, NULL), 0);
	while (!atomic_load(&done) || whole == 0) {
		struct board_frame f = board_read(&slot, out, sizeof(out));

		cr_assert(f.length == 0 || f.length == out[0], "%u bytes of %u", f.length, out[0]);
		for (unsigned i = 1; i < f.length; i++)
			cr_assert_eq(out[i], out[0]);
		if (f.length != 0)
			cr_assert_eq(f.sum, checksum_fold(checksum_add(0, out, f.length)));
		whole += f.length != 0;
	}
	pthread_join(writer, NULL);
}

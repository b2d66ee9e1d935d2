/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Whatever way a tap is counted, its row is marked; and no other is, nor any by what does not
 * count.
 */

#include "counting_rig.h"
#include "dataplane/moved.h"
#include "dataplane/worker.h"
#include "frame_builder.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct counting_rig *rig;
static struct worker worker;

static void set_up(void)
{
	rig = counting_rig_new();
	worker = (struct worker){
		.counter = rig->counter,
		.rules = {.port = BUILT_PORT},
		.block = &rig->block,
		.linear = malloc(WORKER_FRAME_MAX),
	};
}

static void tear_down(void)
{
	free(worker.linear);
	counting_rig_free(rig);
}

TestSuite(dataplane_moved, .init = set_up, .fini = tear_down);

/* Through the whole of the worker, as a frame with good checksums. */
static void give(const void *payload, size_t len)
{
	struct built b;

	frame_build(&b, &(struct frame_spec){.payload = payload, .payload_len = len});
	struct rte_mbuf mbuf = {.buf_addr = b.bytes,
		.buf_len = (uint16_t)b.len,
		.data_len = (uint16_t)b.len,
		.pkt_len = (uint32_t)b.len,
		.nb_segs = 1,
		.refcnt = 1,
		.ol_flags = RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD};
	struct rte_mbuf *frames = &mbuf;

	worker_burst(&worker, &frames, 1);
}

/* Batches of these sequences down, of so many reactions each. */
static void give_batches(uint64_t session, uint32_t sequence, unsigned batches, unsigned reactions)
{
	static const uint8_t pairs[] = {1, 2, 3, 4};
	const struct reaction_datagram head = {.session = session,
		.sequence = sequence,
		.channel = 1,
		.batches = (uint8_t)batches};
	uint8_t payload[128];
	size_t len = reaction_put_header(payload, sizeof(payload), &head);

	for (unsigned i = 0; i < batches; i++)
		len = reaction_put_batch(payload, sizeof(payload), len, pairs, reactions);
	give(payload, len);
}

static void give_text(uint64_t session, uint32_t sequence, const char *text)
{
	const struct reaction_datagram head = {.session = session,
		.sequence = sequence,
		.channel = 1,
		.batches = 1,
		.flags = REACTION_TEXT};
	uint8_t payload[128];
	size_t len = reaction_put_header(payload, sizeof(payload), &head);

	memcpy(payload + len, text, strlen(text));
	give(payload, len + strlen(text));
}

/* row: -1 for none. Takes what is there. */
static void expect_marked(int row, const char *what)
{
	static uint64_t taps;

	for (int i = 0; i < RIG_ROWS; i++)
		cr_expect_eq(rig->moved[i], i == row, "%s: row %d", what, i);
	cr_expect_eq(counting_rig_all_taps(rig) > taps, row >= 0, "%s", what);
	taps = counting_rig_all_taps(rig);
	memset(rig->moved, 0, sizeof(rig->moved));
}

Test(dataplane_moved, what_counts_marks_its_row_and_nothing_else_does)
{
	give_batches(5, 1, 1, 1);
	expect_marked(RIG_ROW_OF_1, "one reaction of a session");
	give_batches(5, 1, 1, 1);
	expect_marked(-1, "the same again");
	give_batches(6, 0, 1, 1);
	expect_marked(RIG_ROW_OF_1, "one reaction without a sequence");
	give_batches(6, 0, 1, 2);
	expect_marked(RIG_ROW_OF_1, "two reactions without a sequence");
	give_batches(5, 4, 3, 2);
	expect_marked(RIG_ROW_OF_1, "batches of a session");
	give_batches(5, 4, 3, 2);
	expect_marked(-1, "the same again");
	give_text(5, 5, "🔥 and 🔥");
	expect_marked(RIG_ROW_OF_1, "text of a session");
	give_text(7, 0, "🔥");
	expect_marked(RIG_ROW_OF_1, "text without a sequence");
	give("🔥", strlen("🔥"));
	expect_marked(RIG_ROW_OF_0, "plain text");
	give("nothing", strlen("nothing"));
	expect_marked(-1, "text without a reaction");
}

/* Marks are bytes for the worker and words for control. */
Test(dataplane_moved, marks_are_taken_together_and_once)
{
	_Alignas(MOVED_TOGETHER) bool marks[2 * MOVED_TOGETHER] = {false};

	moved_mark(marks, 1);
	moved_mark(marks, 7);
	moved_mark(marks, 8);
	cr_expect_eq(moved_take(marks), 0x0100000000000100);
	cr_expect_eq(moved_take(marks), 0);
	cr_expect_eq(moved_take(marks + MOVED_TOGETHER), 1);
	cr_expect_not(marks[8]);
}

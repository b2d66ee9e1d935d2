/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The exception port, as a worker sees it: what is no reaction goes to the kernel within its
 * bounds, every frame is accounted for, and counting goes on as without it.
 */

#include "counting_rig.h"
#include "dataplane/exception.h"
#include "dataplane/worker.h"
#include "frame_builder.h"
#include "freed_frames.h"

#include <criterion/criterion.h>
#include <rte_ethdev.h>
#include <rte_ring.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t three_taps[] = {0xfa, 0x10, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 7, 3};

enum { RING = 64 };

static struct counting_rig *rig;
static struct worker worker;
static struct rte_ring *to_kernel, *from_kernel;
static struct built reaction, foreign, broken;
static struct rte_mbuf mbufs[WORKER_BURST], *frames[WORKER_BURST];

static struct rte_ring *ring_new(void)
{
	struct rte_ring *r = aligned_alloc(RTE_CACHE_LINE_SIZE, (size_t)rte_ring_get_memsize(RING));

	cr_assert_eq(rte_ring_init(r, "ring", RING, RING_F_SP_ENQ | RING_F_SC_DEQ), 0);
	return r;
}

static void set_up(void)
{
	const struct frame_spec good = {.payload = three_taps, .payload_len = sizeof(three_taps)};
	const struct frame_spec bad = {.payload = "\xff", .payload_len = 1};

	rig = counting_rig_new();
	to_kernel = ring_new();
	from_kernel = ring_new();
	worker = (struct worker){
		.counter = rig->counter,
		.rules = {.port = BUILT_PORT},
		.block = &rig->block,
		.linear = malloc(WORKER_FRAME_MAX),
		.other_queue = NO_QUEUE,
		.exception = {.on = true, .to_kernel = to_kernel, .from_kernel = from_kernel},
	};
	frame_build(&reaction, &good);
	frame_build(&broken, &bad);
	foreign = reaction;
	foreign.bytes[12] = 8; // ARP
	foreign.bytes[13] = 6;
	freed = 0;
}

static void tear_down(void)
{
	free(worker.linear);
	free(to_kernel);
	free(from_kernel);
	counting_rig_free(rig);
}

TestSuite(dataplane_exception, .init = set_up, .fini = tear_down);

static void frame(unsigned i, struct built *b)
{
	mbufs[i] = (struct rte_mbuf){.buf_addr = b->bytes,
		.buf_len = sizeof(b->bytes),
		.data_len = (uint16_t)b->len,
		.pkt_len = (uint32_t)b->len,
		.nb_segs = 1,
		.refcnt = 1};
	frames[i] = &mbufs[i];
}

static void expect_identity(unsigned rx)
{
	const struct worker_stats *s = &rig->block.stats;

	cr_expect_eq(s->rx, rx);
	cr_expect_eq(s->rx, s->accepted + worker_stats_refused(s) + s->passed);
	cr_expect_eq(freed + s->passed, rx, "each is either given back or the kernel's");
}

Test(dataplane_exception, what_is_no_reaction_goes_to_the_kernel_in_its_order)
{
	void *got;

	for (unsigned i = 0; i < WORKER_BURST; i++)
		frame(i, i % 4 == 1 ? &foreign : i % 4 == 2 ? &broken : &reaction);
	worker_burst(&worker, frames, WORKER_BURST);
	cr_expect_eq(rig->block.stats.passed, 16);
	cr_expect_eq(rig->block.stats.accepted, 32);
	cr_expect_eq(
		rig->block.stats.refused[REFUSED_magic], 16, "a bad reaction is ours to refuse");
	cr_expect_eq(rig->block.stats.taps_counted, 96);
	for (unsigned i = 1; i < WORKER_BURST; i += 4) {
		cr_assert_eq(rte_ring_sc_dequeue(to_kernel, &got), 0);
		cr_expect_eq(got, &mbufs[i]);
	}
	expect_identity(WORKER_BURST);
}

Test(dataplane_exception, only_what_is_sound_and_not_ours_is_foreign)
{
	static const enum refusal of_the_kernel[] = {
		REFUSED_not_ip, REFUSED_not_udp, REFUSED_ip_fragment, REFUSED_other_port};

	for (unsigned r = REFUSED_none; r < REFUSALS; r++) {
		bool wanted = false;

		for (unsigned i = 0; i < RTE_DIM(of_the_kernel); i++)
			wanted |= r == of_the_kernel[i];
		cr_expect_eq(refusal_is_foreign((enum refusal)r), wanted, "%s",
			refusal_name((enum refusal)r));
	}
}

Test(dataplane_exception, without_one_foreign_frames_are_refused_by_their_name)
{
	worker.exception = (struct exception_lane){0};
	frame(0, &foreign);
	worker_burst(&worker, frames, 1);
	cr_expect_eq(rig->block.stats.refused[REFUSED_not_ip], 1);
	expect_identity(1);
}

Test(dataplane_exception, a_ring_that_is_full_refuses_the_rest)
{
	for (unsigned burst = 0; burst < 2; burst++) {
		for (unsigned i = 0; i < WORKER_BURST; i++)
			frame(i, &foreign);
		worker_burst(&worker, frames, WORKER_BURST);
	}
	cr_expect_eq(rig->block.stats.passed, RING - 1);
	cr_expect_eq(
		rig->block.stats.refused[REFUSED_exception_full], 2 * WORKER_BURST - (RING - 1));
	expect_identity(2 * WORKER_BURST);
}

Test(dataplane_exception, more_than_the_kernel_gets_a_second_is_refused)
{
	worker.exception.allowance = (struct allowance){
		.per_second = 1, .now = worker_time(&worker), .saved = 3 * SESSION_LIMIT_HZ / 2};
	for (unsigned i = 0; i < WORKER_BURST; i++)
		frame(i, i < 8 ? &foreign : &reaction);
	worker_burst(&worker, frames, WORKER_BURST);
	cr_expect_eq(rig->block.stats.passed, 1);
	cr_expect_eq(rig->block.stats.refused[REFUSED_exception_rate], 7);
	cr_expect_eq(rig->block.stats.accepted, WORKER_BURST - 8, "reactions do not count");
	expect_identity(WORKER_BURST);
}

static unsigned sent, room;

static uint16_t take_for_sending(void *queue, struct rte_mbuf **out, uint16_t n)
{
	(void)queue;
	(void)out;
	n = (uint16_t)RTE_MIN(n, room);
	sent += n;
	room -= n;
	return n;
}

Test(dataplane_exception, what_the_kernel_sends_leaves_in_bounded_portions)
{
	static void *queue_data[RTE_MAX_QUEUES_PER_PORT];

	rte_eth_fp_ops[0].tx_pkt_burst = take_for_sending;
	rte_eth_fp_ops[0].txq.data = queue_data;
	sent = 0;
	room = EXCEPTION_RETURN_MAX + 8;
	for (unsigned i = 0; i < 50; i++) {
		frame(i, &foreign);
		rte_ring_sp_enqueue(from_kernel, frames[i]);
	}
	exception_return(&worker);
	cr_expect_eq(sent, EXCEPTION_RETURN_MAX, "no more in one turn");
	exception_return(&worker);
	exception_return(&worker);
	cr_expect_eq(worker.exception.returned, EXCEPTION_RETURN_MAX + 8);
	cr_expect_eq(worker.exception.return_full, 50 - EXCEPTION_RETURN_MAX - 8);
	cr_expect_eq(freed, worker.exception.return_full);
}

static unsigned waiting; // of the kernel's

static uint16_t give_what_waits(void *queue, struct rte_mbuf **out, uint16_t n)
{
	(void)queue;
	n = (uint16_t)RTE_MIN(n, waiting);
	memcpy(out, frames, n * sizeof(frames[0]));
	waiting -= n;
	return n;
}

Test(dataplane_exception, what_the_card_cannot_send_in_one_piece_never_gets_to_it)
{
	static void *queue_data[RTE_MAX_QUEUES_PER_PORT];
	struct exception e = {.from_kernel = from_kernel, .frame_max = 1522};
	void *got;

	rte_eth_fp_ops[0].rx_pkt_burst = give_what_waits;
	rte_eth_fp_ops[0].rxq.data = queue_data;
	for (unsigned i = 0; i < 6; i++)
		frame(i, &foreign);
	mbufs[1].nb_segs = 2;
	mbufs[3].pkt_len = 1523;
	mbufs[4].pkt_len = 1522;
	waiting = 6;
	cr_expect(exception_carry(&e));
	for (unsigned i = 0; i < 6; i++) {
		if (i == 1 || i == 3)
			continue;
		cr_assert_eq(rte_ring_sc_dequeue(from_kernel, &got), 0);
		cr_expect_eq(got, &mbufs[i], "in their order");
	}
	cr_expect_eq(rte_ring_count(from_kernel), 0);
	cr_expect_eq(e.taken, 6);
	cr_expect_eq(e.not_handed, 2);
	cr_expect_eq(freed, 2);
	cr_expect_eq(freed_frames[0], &mbufs[1]);
	cr_expect_eq(freed_frames[1], &mbufs[3]);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * worker_run(), over a device that is a function: it gives what a case wants and says stop.
 */

#include "counting_rig.h"
#include "dataplane/worker.h"
#include "frame_builder.h"

#include <criterion/criterion.h>
#include <rte_ethdev.h>
#include <stdlib.h>
#include <time.h>

static const uint8_t one_tap[] = {0xfa, 0x10, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 7, 1};

enum { ENOUGH_NAPS = 5, SPINS = 100000 };

static struct counting_rig *rig;
static struct worker worker;
static atomic_bool stop;
static struct policy_notice notice;
static struct built built;
static struct rte_mbuf mbufs[WORKER_BURST];
static unsigned calls, bursts_left;
static uint64_t naps_at_first_frame, token;
static int grace_ended;

static uint16_t give_a_burst(struct rte_mbuf **frames)
{
	for (unsigned i = 0; i < WORKER_BURST; i++) {
		mbufs[i] = (struct rte_mbuf){.buf_addr = built.bytes,
			.buf_len = sizeof(built.bytes),
			.data_len = (uint16_t)built.len,
			.pkt_len = (uint32_t)built.len,
			.nb_segs = 1,
			.refcnt = 1};
		frames[i] = &mbufs[i];
	}
	return WORKER_BURST;
}

/* Nothing until the worker naps, then bursts, then nothing until it naps again. */
static uint16_t frames_after_naps(void *queue, struct rte_mbuf **frames, uint16_t n)
{
	uint64_t naps = worker.block->load.naps;

	if (naps == 0)
		token = rte_rcu_qsbr_start(worker.grace);
	if (naps < ENOUGH_NAPS)
		return 0;
	grace_ended = rte_rcu_qsbr_check(worker.grace, token, false);
	if (bursts_left > 0) {
		naps_at_first_frame = naps;
		bursts_left--;
		return give_a_burst(frames);
	}
	if (naps >= naps_at_first_frame + ENOUGH_NAPS)
		atomic_store(&stop, true);
	return 0;
}

static uint16_t nothing_for_long(void *queue, struct rte_mbuf **frames, uint16_t n)
{
	if (++calls == SPINS)
		atomic_store(&stop, true);
	return 0;
}

static uint16_t always_frames(void *queue, struct rte_mbuf **frames, uint16_t n)
{
	if (++calls == SPINS)
		atomic_store(&stop, true);
	return give_a_burst(frames);
}

/* Near enough: what counts here is not how long a nap is. */
static uint64_t tick_hz(void)
{
	const struct timespec t = {.tv_nsec = 10000000};
	uint64_t begin = rte_rdtsc();

	nanosleep(&t, NULL);
	return (rte_rdtsc() - begin) * 100;
}

/* While it has the first burst there is a notice, and at the second one another of that address. */
static struct policy policies[2];
static struct text_scanner *scanners[2];
static struct policy_edition *edition;

static void announce(unsigned i)
{
	edition->policy = &policies[i];
	edition->scanners[0] = scanners[i];
	policy_notice_put(&notice, edition);
}

static uint16_t frames_of_three_policies(void *queue, struct rte_mbuf **frames, uint16_t n)
{
	if (calls > 0) {
		cr_expect_eq(
			rte_rcu_qsbr_check(worker.grace, token, false), 1, "it has come round");
		unsigned newest = calls == 1 ? 0 : 1;
		cr_expect_eq(worker.counter.policy, &policies[newest]);
		cr_expect_eq(worker.counter.scanner, scanners[newest]);
	}
	if (++calls == 4) {
		atomic_store(&stop, true);
		return 0;
	}
	if (calls < 3)
		announce(calls - 1);
	token = rte_rcu_qsbr_start(worker.grace);
	return give_a_burst(frames);
}

static void run(eth_rx_burst_t device, uint64_t idle_us)
{
	static void *queue_data[1] = {&mbufs};

	rte_eth_fp_ops[0].rx_pkt_burst = device;
	rte_eth_fp_ops[0].rxq.data = queue_data;
	worker.idle_us = idle_us;
	worker.tick_hz = tick_hz();
	rte_rcu_qsbr_init(worker.grace, 1);
	rte_rcu_qsbr_thread_register(worker.grace, 0);
	atomic_store(&stop, false);
	cr_assert_eq(worker_run(&worker), 0);
}

static void set_up(void)
{
	const struct frame_spec spec = {.payload = one_tap, .payload_len = sizeof(one_tap)};

	rig = counting_rig_new();
	frame_build(&built, &spec);
	worker = (struct worker){
		.counter = rig->counter,
		.rules = {.port = BUILT_PORT},
		.block = &rig->block,
		.stop = &stop,
		.notice = &notice,
		.grace = aligned_alloc(64, (rte_rcu_qsbr_get_memsize(1) + 63) / 64 * 64),
		.linear = malloc(WORKER_FRAME_MAX),
	};
	calls = 0;
	bursts_left = 3;
}

static void tear_down(void)
{
	free(worker.grace);
	free(worker.linear);
	counting_rig_free(rig);
}

TestSuite(dataplane_worker_loop, .init = set_up, .fini = tear_down, .timeout = 60);

Test(dataplane_worker_loop, what_comes_during_a_nap_is_counted_and_stop_is_seen)
{
	run(frames_after_naps, 20);
	const struct worker_block *b = &rig->block;
	cr_expect_eq(b->stats.rx, 3 * WORKER_BURST);
	cr_expect_eq(b->stats.accepted, 3 * WORKER_BURST);
	cr_expect_eq(b->stats.bursts, 3);
	cr_expect_geq(b->load.naps, 2 * ENOUGH_NAPS);
	cr_expect_geq(b->empty_polls, b->load.naps, "it looked before each nap");
	cr_expect_gt(b->load.ticks_busy, 0);
	cr_expect_lt(b->load.ticks_busy, b->load.ticks_all, "a nap is no work");
}

Test(dataplane_worker_loop, an_empty_queue_is_looked_at_twice_after_any_moment)
{
	run(nothing_for_long, 0);
	cr_expect_eq(rig->block.empty_polls, SPINS);
	cr_expect_eq(rig->block.load.naps, 0, "poll: always");
	cr_expect_eq(rig->block.load.ticks_busy, 0);
}

Test(dataplane_worker_loop, a_worker_with_frames_never_naps)
{
	run(always_frames, 10);
	cr_expect_eq(rig->block.stats.rx, (uint64_t)SPINS * WORKER_BURST);
	cr_expect_eq(rig->block.load.naps, 0);
	cr_expect_eq(rig->block.empty_polls, 0);
	cr_expect_eq(rig->block.load.ticks_busy, rig->block.load.ticks_all);
}

Test(dataplane_worker_loop, neither_naps_nor_the_end_hold_a_grace_period_up)
{
	run(frames_after_naps, 20);
	cr_expect_eq(grace_ended, 1);
	cr_expect_eq(rte_rcu_qsbr_check(worker.grace, rte_rcu_qsbr_start(worker.grace), false), 1);
}

Test(dataplane_worker_loop, another_policy_is_taken_between_two_bursts)
{
	edition = calloc(1, sizeof(*edition) + sizeof(edition->scanners[0]));
	for (unsigned i = 0; i < 2; i++) {
		policies[i] = rig->policy;
		cr_assert_eq(text_scanner_new(&scanners[i], rig->policy.matcher), 0);
	}
	policies[0].row_of[1] = POLICY_NO_ROW; // closed
	policies[1].unsequenced_per_second = 1;
	policies[1].answers_per_second = 7;
	worker.answering.able = true;
	worker.workers = 2;
	run(frames_of_three_policies, 0);
	const struct worker_stats *s = &rig->block.stats;
	cr_expect_eq(s->rx, 3 * WORKER_BURST);
	cr_expect_eq(s->refused[REFUSED_channel], WORKER_BURST, "of the second burst all");
	cr_expect_eq(s->accepted, 2 * WORKER_BURST);
	cr_expect(worker.timed);
	cr_expect_eq(worker.unsequenced.per_second, 1);
	cr_expect_eq(worker.answering.allowance.per_second, 4, "its part, of two workers");
	cr_expect(worker.answering.on);
	for (unsigned i = 0; i < 2; i++)
		text_scanner_free(scanners[i]);
	free(edition);
}

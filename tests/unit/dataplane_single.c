/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The short way of one batch of one reaction takes what the general way takes, and counts it alike;
 * whatever is changed about a frame.
 */

#include "counting_rig.h"
#include "dataplane/worker.h"
#include "frame_builder.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 200000 };

/* The same frames go to three workers: one that compares wide, one narrow, and the plain calls. */
struct way {
	struct counting_rig *rig;
	struct worker worker;
};

static struct way wide, narrow, plain;
static bool vouched; // the device found both checksums good; else it says nothing

static void open_way(struct way *w, bool is_wide)
{
	w->rig = counting_rig_new();
	w->worker = (struct worker){.rules = {.port = BUILT_PORT}, .block = &w->rig->block};
	w->worker.counter = w->rig->counter;
	w->worker.wide = is_wide;
	w->worker.linear = malloc(WORKER_FRAME_MAX);
	single_shape_init(&w->worker.shape, BUILT_PORT);
}

static void close_way(struct way *w)
{
	free(w->worker.linear);
	counting_rig_free(w->rig);
}

static void set_up(void)
{
	open_way(&wide, single_shape_supported());
	open_way(&narrow, false);
	open_way(&plain, false);
}

static void tear_down(void)
{
	close_way(&wide);
	close_way(&narrow);
	close_way(&plain);
}

TestSuite(dataplane_single, .init = set_up, .fini = tear_down);

/* In memory that ends where the frame ends, so that a sanitizer sees what is read behind it. */
static void give(struct way *w, const uint8_t *frame, size_t len)
{
	uint8_t *exact = malloc(len > 0 ? len : 1);
	struct rte_mbuf mbuf = {.buf_addr = exact,
		.buf_len = (uint16_t)len,
		.data_len = (uint16_t)len,
		.pkt_len = (uint32_t)len,
		.nb_segs = 1,
		.refcnt = 1,
		.ol_flags =
			vouched ? RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD : 0};
	struct rte_mbuf *frames = &mbuf;

	memcpy(exact, frame, len);
	worker_burst(&w->worker, &frames, 1);
	free(exact);
}

static void give_plainly(const uint8_t *frame, size_t len)
{
	const struct packet_verdict verdict = {.ip_good = vouched, .udp_good = vouched};
	struct worker_stats *s = &plain.rig->block.stats;
	struct packet packet;
	enum refusal r = packet_parse_any(frame, len, &plain.worker.rules, &verdict, &packet);

	reactors_begin(&plain.rig->counter.reactors);
	if (r == REFUSED_none)
		r = counter_take(&plain.rig->counter, packet.payload, packet.payload_len);
	reactors_end(&plain.rig->counter.reactors);
	s->rx++;
	s->rx_bytes += len;
	s->bursts++;
	if (r == REFUSED_none)
		s->accepted++;
	else
		s->refused[r]++;
}

static size_t make(
	uint8_t *out, uint64_t session, uint32_t sequence, uint8_t reaction, uint8_t taps)
{
	const struct reaction_datagram head = {
		.session = session, .sequence = sequence, .channel = 1, .batches = 1};
	const uint8_t pair[] = {reaction, taps};
	uint8_t payload[64];
	size_t len = reaction_put_header(payload, sizeof(payload), &head);
	struct built b;

	len = reaction_put_batch(payload, sizeof(payload), len, pair, 1);
	frame_build(&b, &(struct frame_spec){.payload = payload, .payload_len = len});
	memcpy(out, b.bytes, b.len);
	return b.len;
}

static void expect_alike(unsigned n)
{
	cr_assert(counting_rig_same(wide.rig, plain.rig), "wide, frame %u", n);
	cr_assert(counting_rig_same(narrow.rig, plain.rig), "narrow, frame %u", n);
}

Test(dataplane_single, the_short_way_counts_what_the_general_way_counts)
{
	struct seeded_random r = seeded_random_new("single");
	uint64_t taken;

	for (unsigned n = 0; n < FRAMES; n++) {
		uint8_t frame[256] = {0};
		size_t len = make(frame, 1 + random_below(&r, 200),
			random_below(&r, 3) == 0 ? 0 : 1 + n / 100, (uint8_t)random_below(&r, 24),
			(uint8_t)(1 + random_below(&r, 255)));

		/* Half of them stay as they are; the others are changed, cut or made longer. */
		if (random_below(&r, 4) == 0)
			frame[random_below(&r, (unsigned)len)] ^=
				(uint8_t)(1u << random_below(&r, 8));
		else if (random_below(&r, 6) == 0)
			len = random_below(&r, (unsigned)len + 1);
		else if (random_below(&r, 6) == 0)
			len += random_below(&r, 100);
		vouched = random_below(&r, 2) == 0;
		give(&wide, frame, len);
		give(&narrow, frame, len);
		give_plainly(frame, len);
		if (n % 64 == 0)
			expect_alike(n);
	}
	expect_alike(FRAMES);
	taken = plain.rig->block.stats.accepted;
	cr_expect_gt(taken, FRAMES / 2);
	cr_expect_lt(taken, FRAMES);
	cr_expect_gt(plain.rig->block.stats.batches_duplicate, 100);
}

/* Every bit of the frame, turned over one by one. */
Test(dataplane_single, each_bit_of_a_frame_matters_to_both_ways_or_to_none)
{
	uint8_t frame[256];
	size_t len = make(frame, 5, 0, 7, 3);

	for (unsigned bit = 0; bit < 16 * len; bit++) {
		vouched = bit >= 8 * len;
		frame[bit / 8 % len] ^= (uint8_t)(1u << bit % 8);
		give(&wide, frame, len);
		give(&narrow, frame, len);
		give_plainly(frame, len);
		frame[bit / 8 % len] ^= (uint8_t)(1u << bit % 8);
		expect_alike(bit);
	}
}

Test(dataplane_single, what_is_switched_off_or_too_much_is_refused_by_name)
{
	uint8_t frame[256];
	size_t len = make(frame, 5, 0, 7, 3);
	struct way *ways[] = {&wide, &narrow};

	for (unsigned i = 0; i < 2; i++) {
		struct worker *w = &ways[i]->worker;
		struct worker_stats *s = &w->block->stats;

		/* One is left, and no time goes by. */
		w->timed = true;
		w->unsequenced = (struct allowance){.per_second = 1, .saved = SESSION_LIMIT_HZ};
		give(ways[i], frame, len);
		give(ways[i], frame, len);
		cr_expect_eq(s->accepted, 1);
		cr_expect_eq(s->refused[REFUSED_unsequenced_rate], 1);
		ways[i]->rig->policy.unsequenced = false;
		give(ways[i], frame, len);
		cr_expect_eq(s->refused[REFUSED_unsequenced_off], 1);
	}
}

/* Without a limit there is none, however many came. */
Test(dataplane_single, without_a_limit_each_burst_may_take_as_many_as_it_brings)
{
	uint8_t frame[256];
	size_t len = make(frame, 5, 0, 7, 3);

	wide.worker.counter.unsequenced_budget = 0;
	for (unsigned i = 0; i < 3; i++)
		give(&wide, frame, len);
	cr_expect_eq(wide.worker.block->stats.accepted, 3);
}

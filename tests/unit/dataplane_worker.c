/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * worker_burst(): every frame is accounted for and given back, whatever it is made of.
 */

#include "counting_rig.h"
#include "dataplane/worker.h"
#include "frame_builder.h"
#include "freed_frames.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

unsigned freed;
struct rte_mbuf *freed_frames[WORKER_BURST];

/* In place of DPDK's, which would give the buffers to a pool. */
void __wrap_rte_pktmbuf_free_bulk(struct rte_mbuf **frames, unsigned n);
void __wrap_rte_pktmbuf_free_bulk(struct rte_mbuf **frames, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		freed_frames[freed++ % WORKER_BURST] = frames[i];
}

/* Without a sequence, so that it counts as often as it comes. */
static const uint8_t three_taps[] = {0xfa, 0x10, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 7, 3};

struct worker_rig {
	struct counting_rig *counting;
	struct worker worker;
};

static struct worker_rig rig;

static void set_up(void)
{
	rig.counting = counting_rig_new();
	rig.worker = (struct worker){
		.counter = rig.counting->counter,
		.rules = {.port = BUILT_PORT},
		.block = &rig.counting->block,
		.linear = malloc(WORKER_FRAME_MAX),
	};
	freed = 0;
}

static void tear_down(void)
{
	free(rig.worker.linear);
	counting_rig_free(rig.counting);
}

TestSuite(dataplane_worker, .init = set_up, .fini = tear_down);

static struct rte_mbuf segment(void *data, size_t len)
{
	return (struct rte_mbuf){.buf_addr = data,
		.buf_len = (uint16_t)len,
		.data_len = (uint16_t)len,
		.pkt_len = (uint32_t)len,
		.nb_segs = 1,
		.refcnt = 1};
}

static void expect_balance(unsigned rx, unsigned accepted)
{
	const struct worker_stats *s = &rig.counting->block.stats;

	cr_expect_eq(s->rx, rx);
	cr_expect_eq(s->accepted, accepted);
	cr_expect_eq(worker_stats_refused(s), rx - accepted);
	cr_expect_eq(freed, rx);
	cr_expect_eq(rig.counting->block.sequence % 2, 0);
	cr_expect_eq(s->taps_counted, counting_rig_all_taps(rig.counting));
}

Test(dataplane_worker, a_burst_of_every_size_is_accounted_for)
{
	const struct frame_spec good = {.payload = three_taps, .payload_len = sizeof(three_taps)};
	const struct frame_spec bad = {.payload = "\xff", .payload_len = 1};
	static struct built built[2];
	unsigned sum = 0, accepted = 0;
	uint64_t bytes = 0;

	frame_build(&built[0], &good);
	frame_build(&built[1], &bad);
	for (uint16_t n = 1; n <= WORKER_BURST; n++) {
		struct rte_mbuf mbufs[WORKER_BURST], *frames[WORKER_BURST];

		for (unsigned i = 0; i < n; i++) {
			const struct built *b = &built[i % 3 == 1];

			mbufs[i] = segment((void *)b->bytes, b->len);
			frames[i] = &mbufs[i];
			accepted += i % 3 != 1;
			bytes += b->len;
		}
		freed = 0;
		worker_burst(&rig.worker, frames, n);
		cr_assert_eq(freed, n);
		cr_assert_eq(memcmp(freed_frames, frames, n * sizeof(frames[0])), 0);
		sum += n;
	}
	freed = sum;
	expect_balance(sum, accepted);
	cr_expect_eq(rig.counting->block.stats.refused[REFUSED_magic], sum - accepted);
	cr_expect_eq(rig.counting->tallies[RIG_ROW_OF_1][7], 3ull * accepted);
	cr_expect_eq(rig.counting->block.stats.rx_bytes, bytes);
	cr_expect_eq(rig.counting->block.stats.bursts, WORKER_BURST);
	cr_expect_eq(rig.counting->block.sequence, 2 * WORKER_BURST);
}

static unsigned reactors_of(unsigned row, uint32_t window)
{
	unsigned n = 0;

	for (unsigned i = 0; i < REACTORS_LINES; i++) {
		const struct reactors_line *line =
			&rig.counting->reactors[row].banks[window & 1][i];

		for (unsigned j = 0; line->window == window && j < REACTORS_IN_LINE; j++)
			n += line->registers[j] != 0;
	}
	return n;
}

Test(dataplane_worker, who_reacted_is_in_the_registers_of_the_window_when_the_burst_is_done)
{
	const struct frame_spec good = {.payload = three_taps, .payload_len = sizeof(three_taps)};
	struct built b;

	frame_build(&b, &good);
	for (uint32_t window = 8; window < 11; window++) {
		struct rte_mbuf m = segment(b.bytes, b.len), *frames[] = {&m};

		rig.counting->reactors_head.window = window;
		cr_expect_eq(reactors_of(RIG_ROW_OF_1, window), 0);
		worker_burst(&rig.worker, frames, 1);
		cr_expect_eq(reactors_of(RIG_ROW_OF_1, window), 1);
		cr_expect_eq(reactors_of(RIG_ROW_OF_0, window), 0);
	}
}

/* Cut into two and three pieces at each place, as a NIC may deliver it. */
Test(dataplane_worker, a_frame_in_several_segments_counts_as_if_in_one)
{
	const struct frame_spec spec = {.payload = three_taps,
		.payload_len = sizeof(three_taps),
		.tags = 1,
		.v6 = true,
		.extensions = 1};
	struct built b;
	unsigned n = 0;

	frame_build(&b, &spec);
	for (size_t cut = 1; cut < b.len; cut++) {
		for (size_t second = cut; second < b.len && second <= cut + 20; second++) {
			struct rte_mbuf parts[3] = {segment(b.bytes, cut),
				segment(b.bytes + cut, second - cut),
				segment(b.bytes + second, b.len - second)};
			struct rte_mbuf *frame = parts;

			parts[0].next = &parts[1];
			parts[1].next = &parts[2];
			parts[0].nb_segs = 3;
			parts[0].pkt_len = (uint32_t)b.len;
			freed = 0;
			worker_burst(&rig.worker, &frame, 1);
			n++;
			cr_assert_eq(rig.counting->block.stats.accepted, n, "cut at %zu and %zu",
				cut, second);
		}
	}
	freed = n;
	expect_balance(n, n);
	cr_expect_eq(rig.counting->tallies[RIG_ROW_OF_1][7], 3ull * n);
}

Test(dataplane_worker, a_frame_that_is_larger_than_any_packet_is_refused)
{
	enum { PART = 40000 };
	const struct frame_spec spec = {.payload = three_taps,
		.payload_len = sizeof(three_taps),
		.layer = LAYER_IP,
		.offset = 2,
		.width = 2,
		.value = 0xffff};
	uint8_t *parts = calloc(2, PART);
	struct rte_mbuf first = segment(parts, PART), second = segment(parts + PART, PART);
	struct rte_mbuf *frame = &first;
	struct built b;

	frame_build(&b, &spec);
	memcpy(parts, b.bytes, b.len);
	first.next = &second;
	first.nb_segs = 2;
	first.pkt_len = 2 * PART;
	worker_burst(&rig.worker, &frame, 1);
	expect_balance(1, 0);
	cr_expect_eq(rig.counting->block.stats.rx_bytes, 2 * PART);
	free(parts);
}

/* As DPDK's pcap driver hands out frames longer than 65535 bytes. */
Test(dataplane_worker, a_frame_whose_segments_hold_less_than_it_says_is_read_no_further)
{
	const struct frame_spec spec = {.payload = three_taps, .payload_len = sizeof(three_taps)};
	struct built b;

	frame_build(&b, &spec);
	for (size_t len = 0; len <= b.len; len++) {
		uint8_t *end = (uint8_t *)at_the_edge(b.bytes, len);
		struct rte_mbuf first = segment(end, len), empty = segment(end + len, 0);
		struct rte_mbuf *frame = &first;

		first.pkt_len = 70000;
		worker_burst(&rig.worker, &frame, 1);
		first.nb_segs = 2;
		first.next = &empty;
		worker_burst(&rig.worker, &frame, 1);
		cr_assert_eq(rig.counting->block.stats.accepted, len < b.len ? 0 : 2);
		freed = 0;
	}
}

Test(dataplane_worker, the_verdict_of_the_device_is_used)
{
	static const struct {
		const char *what;
		uint64_t flags;
		enum built_checksum checksum;
		enum refusal expected;
	} rows[] = {
		{"nothing known", 0, CHECKSUM_RIGHT, REFUSED_none},
		{"nothing known, wrong", 0, CHECKSUM_WRONG, REFUSED_udp_checksum},
		{"good", RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD, CHECKSUM_WRONG,
			REFUSED_none},
		{"IP bad", RTE_MBUF_F_RX_IP_CKSUM_BAD, CHECKSUM_RIGHT, REFUSED_ip_checksum},
		{"UDP bad", RTE_MBUF_F_RX_L4_CKSUM_BAD, CHECKSUM_RIGHT, REFUSED_udp_checksum},
		/* "Not correct in the packet, but the integrity of the data is verified." */
		{"UDP half made, verified", RTE_MBUF_F_RX_L4_CKSUM_NONE, CHECKSUM_PARTIAL,
			REFUSED_none},
		{"IP good alone", RTE_MBUF_F_RX_IP_CKSUM_GOOD, CHECKSUM_WRONG,
			REFUSED_udp_checksum},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct frame_spec spec = {.payload = three_taps,
			.payload_len = sizeof(three_taps),
			.checksum = rows[i].checksum};
		uint64_t before = rows[i].expected == REFUSED_none
					  ? rig.counting->block.stats.accepted
					  : rig.counting->block.stats.refused[rows[i].expected];
		struct built b;

		frame_build(&b, &spec);
		struct rte_mbuf mbuf = segment(b.bytes, b.len), *frame = &mbuf;
		mbuf.ol_flags = rows[i].flags;
		worker_burst(&rig.worker, &frame, 1);
		uint64_t after = rows[i].expected == REFUSED_none
					 ? rig.counting->block.stats.accepted
					 : rig.counting->block.stats.refused[rows[i].expected];
		cr_expect_eq(after, before + 1, "%s", rows[i].what);
	}
}

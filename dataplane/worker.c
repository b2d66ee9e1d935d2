/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/worker.h"

#include "dataplane/counting_single.h"

#include <rte_prefetch.h>
#include <string.h>

/*
 * How many frames ahead a frame is fetched, and how many go through both passes together: few
 * enough that what the first pass fetched is still there in the second. docs/performance.md has
 * what was tried.
 */
enum { PREFETCH_AHEAD = 8, GROUP = 32 };

static inline void fetch(const struct rte_mbuf *m)
{
	const char *frame = rte_pktmbuf_mtod(m, const char *);

	rte_prefetch0(frame);
	if (m->data_len > 64)
		rte_prefetch0(frame + 64);
}

/* "None" means: not right in the frame (half made), but the device vouches for the data. */
static inline struct packet_verdict verdict_of(const struct rte_mbuf *m)
{
	uint64_t ip = m->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
	uint64_t udp = m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;

	return (struct packet_verdict){
		.ip_good = ip == RTE_MBUF_F_RX_IP_CKSUM_GOOD || ip == RTE_MBUF_F_RX_IP_CKSUM_NONE,
		.ip_bad = ip == RTE_MBUF_F_RX_IP_CKSUM_BAD,
		.udp_good =
			udp == RTE_MBUF_F_RX_L4_CKSUM_GOOD || udp == RTE_MBUF_F_RX_L4_CKSUM_NONE,
		.udp_bad = udp == RTE_MBUF_F_RX_L4_CKSUM_BAD,
	};
}

/*
 * How long a frame is, its segments say. pkt_len may be more than they hold: DPDK's pcap driver
 * copies the rest modulo 2^16 of a frame that is longer than that.
 */
static const uint8_t *join(struct worker *w, const struct rte_mbuf *m, size_t *len)
{
	*len = 0;
	for (; m != NULL && *len < WORKER_FRAME_MAX; m = m->next) {
		size_t part = RTE_MIN(m->data_len, WORKER_FRAME_MAX - *len);

		memcpy(w->linear + *len, rte_pktmbuf_mtod(m, const void *), part);
		*len += part;
	}
	return w->linear;
}

/* A frame in one segment is read where it lies; others are copied together first. */
static inline const uint8_t *contiguous(struct worker *w, const struct rte_mbuf *m, size_t *len)
{
	if (unlikely(m->nb_segs != 1))
		return join(w, m, len);
	*len = m->data_len;
	return rte_pktmbuf_mtod(m, const uint8_t *);
}

enum { SUMS_GOOD = RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD };

static inline bool sums_are_good(const struct rte_mbuf *m)
{
	return (m->ol_flags & SUMS_GOOD) == SUMS_GOOD;
}

/* Of a plain frame: what the device did not find out is found out here. */
static inline bool sums_hold(const struct worker *w, const struct rte_mbuf *m, const uint8_t *frame)
{
	struct packet_verdict verdict = verdict_of(m);

	return !verdict.ip_bad && !verdict.udp_bad &&
	       packet_plain_sums_hold(frame, &w->rules, &verdict);
}

static inline __attribute__((always_inline)) enum refusal parse(
	struct worker *w, const struct rte_mbuf *m, struct packet *packet)
{
	static const struct packet_verdict good = {.ip_good = true, .udp_good = true};
	struct packet_verdict verdict;
	const uint8_t *frame;
	size_t len;

	if (likely(sums_are_good(m) && m->nb_segs == 1))
		return packet_parse(rte_pktmbuf_mtod(m, const uint8_t *), m->data_len, &w->rules,
			&good, packet);
	verdict = verdict_of(m);
	frame = contiguous(w, m, &len);
	return packet_parse(frame, len, &w->rules, &verdict, packet);
}

/* What a burst brings, until it is published. */
struct burst {
	struct counted sum;
	struct counted singles; // by the short way; apart, so that it can stay in registers
	uint64_t bytes;
	unsigned n;               // in the list, of this group
	unsigned n_adds;          // unsequenced, by the short way
	struct rte_mbuf **frames; // all of the burst
	uint64_t foreign;         // bit i: frames[i] is for the kernel
	struct answers answers;
	struct pending list[GROUP];
	struct counting_add adds[GROUP];
};

static void settle(struct worker *w, const struct pending *p, struct burst *b)
{
	struct counting_receipt receipt;
	enum refusal r = counting_settle(&w->counter, p, &b->sum, &receipt);

	if (likely(r == REFUSED_none))
		b->sum.accepted++;
	else
		w->block->stats.refused[r]++;
	if (unlikely((p->flags & REACTION_ASKS) != 0) && w->answering.on)
		answering_settled(w, b->frames[p->frame], p, r, &receipt, &b->answers);
}

/*
 * The general way through the first pass. A frame that was copied together is settled at once, for
 * the next one is copied to the same place.
 */
static inline void admit(
	struct worker *w, struct rte_mbuf **at, struct packet packet, struct burst *b)
{
	struct pending *p = &b->list[b->n];
	unsigned i = (unsigned)(at - b->frames);
	enum refusal r = counting_admit(&w->counter, packet.payload, packet.payload_len, p);

	if (unlikely(r != REFUSED_none)) {
		w->block->stats.refused[r]++;
		if (w->answering.on)
			answering_refused(w, *at, i, packet.payload, r, &b->answers);
		return;
	}
	p->frame = (uint8_t)i;
	if (unlikely((p->flags & REACTION_FRAME) != 0) && w->answering.on)
		board_fetch(&w->answering.board[p->row]);
	if (likely((*at)->nb_segs == 1))
		b->n++;
	else
		settle(w, p, b);
}

/*
 * The short way, of what has the right shape: what the second pass needs is on its way. False: the
 * general way it is.
 */
static inline __attribute__((always_inline)) bool take_single(
	struct worker *w, const uint8_t *payload, struct burst *b)
{
	struct counter *c = &w->counter;
	struct pending p;

	if (!counting_admit_single(c, payload, &p))
		return false;
	__builtin_prefetch(&p.tallies[p.body[1]], 1);
	if (p.sequence == 0) {
		bool allowed = counting_allow_single(c, &p, &b->adds[b->n_adds]);

		b->n_adds += allowed;
		return allowed;
	}
	counting_find_session(c, &p);
	b->list[b->n++] = p;
	return true;
}

/* What has nothing to do with reactions is the kernel's, if it has an interface here. */
static inline void turn_away(
	struct worker *w, struct rte_mbuf **at, enum refusal r, struct burst *b)
{
	if (w->exception.on && refusal_is_foreign(r))
		b->foreign |= 1ull << (at - b->frames);
	else
		w->block->stats.refused[r]++;
}

static inline __attribute__((always_inline)) void take(
	struct worker *w, struct rte_mbuf **at, struct burst *b)
{
	const struct rte_mbuf *m = *at;
	struct packet packet;
	enum refusal r = parse(w, m, &packet);

	if (unlikely(r != REFUSED_none))
		turn_away(w, at, r, b);
	else if (!counting_is_single(packet.payload, packet.payload_len) || m->nb_segs != 1 ||
		 !take_single(w, packet.payload, b))
		admit(w, at, packet, b);
}

/* Is this frame of the one shape that is taken by one comparison? */
__attribute__((target("avx512f,avx512bw"), always_inline)) static inline bool take_wide(
	struct worker *w, const struct rte_mbuf *m, struct burst *b)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);

	return m->data_len >= SINGLE_FRAME_LEN && m->nb_segs == 1 &&
	       single_shape_fits(&w->shape, frame) &&
	       (likely(sums_are_good(m)) || sums_hold(w, m, frame)) &&
	       take_single(w, frame + PACKET_PLAIN_HEADERS, b);
}

static __attribute__((noinline)) void take_other(
	struct worker *w, struct rte_mbuf **at, struct burst *b)
{
	take(w, at, b);
}

static inline __attribute__((always_inline)) void fetch_first(struct rte_mbuf **frames, uint16_t n)
{
	for (uint16_t i = 0; i < n && i < PREFETCH_AHEAD; i++)
		fetch(frames[i]);
}

/* Over a group of n frames; the burst has `left` from its first on. */
static void first_pass(
	struct worker *w, struct rte_mbuf **frames, uint16_t n, uint16_t left, struct burst *b)
{
	for (uint16_t i = 0; i < n; i++) {
		if (likely(i + PREFETCH_AHEAD < left))
			fetch(frames[i + PREFETCH_AHEAD]);
		b->bytes += frames[i]->pkt_len;
		take(w, &frames[i], b);
	}
}

__attribute__((target("avx512f,avx512bw"))) static void first_pass_wide(
	struct worker *w, struct rte_mbuf **frames, uint16_t n, uint16_t left, struct burst *b)
{
	for (uint16_t i = 0; i < n; i++) {
		if (likely(i + PREFETCH_AHEAD < left))
			fetch(frames[i + PREFETCH_AHEAD]);
		b->bytes += frames[i]->pkt_len;
		if (unlikely(!take_wide(w, frames[i], b)))
			take_other(w, &frames[i], b);
	}
}

static inline void second_pass(struct worker *w, struct burst *b)
{
	counting_add_singles(w->counter.moved, b->adds, b->n_adds, &b->singles);
	for (unsigned i = 0; i < b->n; i++) {
		if (likely(b->list[i].single))
			counting_settle_single(&w->counter, &b->list[i], &b->singles);
		else
			settle(w, &b->list[i], b);
	}
}

static inline void both_passes(
	struct worker *w, struct rte_mbuf **frames, uint16_t left, struct burst *b)
{
	uint16_t n = left < GROUP ? left : GROUP;

	b->n = b->n_adds = 0;
	if (w->wide)
		first_pass_wide(w, frames, n, left, b);
	else
		first_pass(w, frames, n, left, b);
	second_pass(w, b);
}

static inline void publish(struct worker *w, uint16_t n, struct burst *b)
{
	struct worker_stats *s = &w->block->stats;

	counting_close_singles(&b->singles);
	s->rx += n;
	s->rx_bytes += b->bytes;
	s->bursts++;
	counting_publish(s, &b->sum);
	counting_publish(s, &b->singles);
}

/* This worker's part of what all may do a second. */
static uint32_t part_of(const struct worker *w, uint32_t per_second)
{
	return (uint32_t)(((uint64_t)per_second + w->workers - 1) / w->workers);
}

static void take_limits(struct worker *w)
{
	const struct policy *p = w->counter.policy;

	w->unsequenced.per_second = part_of(w, p->unsequenced_per_second);
	w->answering.allowance.per_second = part_of(w, p->answers_per_second);
	w->answering.on = w->answering.able && p->answers_per_second != 0;
	w->timed = p->session_limits.on || w->unsequenced.per_second != 0;
}

void worker_prepare(struct worker *w, unsigned workers)
{
	w->wide = single_shape_supported();
	single_shape_init(&w->shape, w->rules.port);
	w->time_scale = (uint64_t)(((unsigned __int128)SESSION_LIMIT_HZ << 64) / rte_get_tsc_hz());
	w->counter.unsequenced_budget = UINT32_MAX;
	w->workers = workers;
	take_limits(w);
}

void worker_take_edition(struct worker *w)
{
	const struct policy_edition *e = policy_notice_take(w->notice, &w->edition);

	w->counter.policy = e->policy;
	w->counter.scanner = e->scanners[w->id];
	take_limits(w);
}

/* What time it is for the limits, and what they leave for this burst. */
static inline void read_time(struct worker *w)
{
	w->counter.now = worker_time(w);
	w->counter.unsequenced_budget = allowance_top_up(&w->unsequenced, w->counter.now);
}

/* Moves the frames that are still ours to the front; returns how many they are. */
static uint16_t keep(struct rte_mbuf **frames, uint16_t n, uint64_t gone)
{
	uint16_t kept = 0;

	for (unsigned i = 0; i < n; i++) {
		if ((gone >> i & 1) == 0)
			frames[kept++] = frames[i];
	}
	return kept;
}

void worker_burst(struct worker *w, struct rte_mbuf **frames, uint16_t n)
{
	struct burst b;
	uint64_t gone = 0;
	uint32_t budget;

	if (w->timed)
		read_time(w);
	else
		w->counter.unsequenced_budget = UINT32_MAX;
	budget = w->counter.unsequenced_budget;

	b.sum = b.singles = (struct counted){0};
	b.bytes = 0;
	b.frames = frames;
	b.foreign = 0;
	b.answers.asked = 0;
	worker_block_begin(w->block);
	reactors_begin(&w->counter.reactors);
	fetch_first(frames, n);
	for (uint16_t i = 0; i < n; i += GROUP)
		both_passes(w, frames + i, n - i, &b);
	reactors_end(&w->counter.reactors);
	if (w->timed)
		allowance_use(&w->unsequenced, budget - w->counter.unsequenced_budget);
	if (unlikely(b.foreign != 0))
		gone = exception_pass(w, frames, b.foreign);
	publish(w, n, &b);
	worker_block_end(w->block);
	if (unlikely(b.answers.asked != 0)) {
		answering_send(w, &b.answers);
		gone |= b.answers.taken;
	}
	if (unlikely(gone != 0))
		n = keep(frames, n, gone);
	rte_pktmbuf_free_bulk(frames, n);
}

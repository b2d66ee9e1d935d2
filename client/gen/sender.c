/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/sender.h"

#include "client/complain.h"
#include "client/gen/pace.h"
#include "client/gen/receipt_ask.h"
#include "client/relay/frame_read.h"
#include "wire/answer.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum {
	BUFFERS = 4095, // more than a ring has places
	CACHE = 256,    // so that few buffers go round as long as the device gives them back
	LOOKS = 64,     // bursts between two looks at what came back
};

struct burst {
	struct rte_mbuf *frames[PACE_BURST_MAX];
	struct traffic_kind kinds[PACE_BURST_MAX];
	uint16_t n;
};

int sender_open(struct sender *s, const struct traffic_spec *spec, unsigned parts)
{
	char name[32], error[256];
	struct traffic_spec own = *spec;

	own.seed = (spec->seed + s->queue * SENDER_SEED_STEP) & TRAFFIC_SEED_MAX;
	own.sessions = spec->sessions > parts ? spec->sessions / parts : 1;
	int ret = traffic_init(&s->traffic, &own, error, sizeof(error));
	if (ret < 0) {
		complain("%s", error);
		return ret;
	}
	s->end = traffic_frames_max(&s->traffic);
	snprintf(name, sizeof(name), "frames%u", s->queue);
	s->pool = rte_pktmbuf_pool_create(
		name, BUFFERS, CACHE, 0, TRAFFIC_FRAME_MAX + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	if (s->pool != NULL)
		return 0;
	complain("no memory for frames: %s", rte_strerror(rte_errno));
	traffic_free(&s->traffic);
	return -ENOMEM;
}

void sender_close(struct sender *s)
{
	rte_mempool_free(s->pool);
	traffic_free(&s->traffic);
}

static bool make(struct sender *s, struct burst *b, unsigned n)
{
	if (rte_pktmbuf_alloc_bulk(s->pool, b->frames, n) < 0)
		return false;
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *m = b->frames[i];
		uint8_t *at = rte_pktmbuf_mtod(m, uint8_t *);

		m->data_len = (uint16_t)traffic_frame(&s->traffic, s->next + i, at, &b->kinds[i]);
		m->pkt_len = m->data_len;
		if (s->answers && b->kinds[i].refusal == REFUSED_none)
			receipt_ask(at + s->traffic.udp_at, m->data_len - s->traffic.udp_at);
	}
	b->n = (uint16_t)n;
	return true;
}

/* Frames that were not taken keep their numbers, so that nothing is missing in a sequence. */
static unsigned hand_over(struct sender *s, struct burst *b)
{
	uint16_t lengths[PACE_BURST_MAX]; // the frames are gone then

	for (unsigned i = 0; i < b->n; i++)
		lengths[i] = b->frames[i]->data_len;
	unsigned sent = device_transmit(s->device, s->queue, b->frames, b->n);
	for (unsigned i = 0; i < sent; i++)
		traffic_tally_add(&s->counts.tally, &b->kinds[i], lengths[i]);
	if (sent < b->n)
		rte_pktmbuf_free_bulk(b->frames + sent, b->n - sent);
	s->next += sent;
	return sent;
}

static unsigned send_burst(struct sender *s, unsigned n, uint64_t begun)
{
	struct burst b;
	unsigned sent;

	if (!make(s, &b, n)) {
		s->counts.full++; // the device holds all buffers
		return 0;
	}
	sent = hand_over(s, &b);
	uint64_t ticks = rte_rdtsc() - begun;
	s->counts.busy_ticks += ticks;
	if (sent == n) {
		s->counts.whole += n;
		s->counts.whole_ticks += ticks;
	} else {
		s->counts.full++;
	}
	return sent;
}

static void take_answer(void *sender, const uint8_t *frame, size_t len)
{
	struct sender *s = sender;
	struct frame_payload payload;
	struct flow flow;

	while (len > 18 && (memcmp(frame + 12, "\x81\x00", 2) == 0 ||
				   memcmp(frame + 12, "\x88\xa8", 2) == 0)) { // a VLAN tag
		frame += 4;
		len -= 4;
	}
	if (frame_read(frame, len, &flow, &payload) == 0 && payload.len >= ANSWER_HEAD_LEN &&
		payload.bytes[0] == ANSWER_MAGIC)
		s->counts.answers++;
}

void sender_take_answers(struct sender *s)
{
	while (device_receive(s->device, take_answer, s) == DEVICE_BURST)
		;
}

static void publish(struct sender *s)
{
	atomic_store_explicit(&s->offered, s->counts.offered, memory_order_relaxed);
	atomic_store_explicit(&s->sent, s->counts.tally.frames, memory_order_relaxed);
	atomic_store_explicit(&s->refused, s->counts.refused, memory_order_relaxed);
	atomic_store_explicit(&s->answered, s->counts.answers, memory_order_relaxed);
}

static bool is_spent(const struct sender *s)
{
	return s->next + PACE_BURST_MAX > s->end;
}

static bool is_stopped(const struct sender *s)
{
	return atomic_load_explicit(s->stop, memory_order_relaxed) || is_spent(s);
}

static void notice_pause(struct sender *s, uint64_t ticks)
{
	if (ticks > s->counts.pause_ticks)
		s->counts.pause_ticks = ticks;
}

/*
 * What is due, when it is due. A ring of theirs that is full has lost what was due; one of our own
 * is offered it again as long as it is not too late for it.
 */
static void send_paced(struct sender *s, struct pace *p)
{
	uint64_t last = p->begun;

	for (unsigned looks = 0; !is_stopped(s); looks++) {
		uint64_t now = rte_rdtsc();
		uint32_t n = pace_due(p, now);

		if (pace_is_over(p, now))
			break;
		notice_pause(s, now - last);
		last = now;
		if (n > 0) {
			unsigned sent = send_burst(s, n, now);

			p->given += s->ring_is_theirs ? n : sent;
			s->counts.offered += s->ring_is_theirs ? n : sent;
			s->counts.refused += s->ring_is_theirs ? n - sent : 0;
		}
		if (looks % LOOKS == 0) {
			if (s->answers)
				sender_take_answers(s);
			publish(s);
		}
	}
	s->counts.late = p->late + (is_stopped(s) ? 0 : p->total - p->given);
}

/* As fast as the ring takes them. */
static void send_all(struct sender *s, uint64_t until)
{
	uint64_t now = rte_rdtsc(), last = now;

	for (unsigned looks = 0; now < until && !is_stopped(s); looks++) {
		s->counts.offered += send_burst(s, PACE_BURST_MAX, now);
		now = rte_rdtsc();
		notice_pause(s, now - last);
		last = now;
		if (looks % LOOKS == 0) {
			if (s->answers)
				sender_take_answers(s);
			publish(s);
		}
	}
}

static uint64_t switches(void)
{
	struct rusage usage = {0};

	getrusage(RUSAGE_THREAD, &usage);
	return (uint64_t)usage.ru_nivcsw;
}

int sender_run(void *sender)
{
	struct sender *s = sender;
	double hz = (double)rte_get_tsc_hz();
	uint64_t before = switches(), begun;

	memset(&s->counts, 0, sizeof(s->counts));
	publish(s);
	begun = rte_rdtsc();
	if (s->order.rate > 0) {
		struct pace p = pace_begin(begun, s->order.rate, s->order.seconds, hz);

		send_paced(s, &p);
	} else {
		send_all(s, begun + (uint64_t)(s->order.seconds * hz));
	}
	s->counts.ticks = rte_rdtsc() - begun;
	s->counts.switches = switches() - before;
	s->counts.spent = is_spent(s);
	publish(s);
	return 0;
}

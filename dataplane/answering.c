/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/answering.h"

#include "dataplane/answer_frame.h"
#include "dataplane/worker.h"
#include "wire/bytes.h"

#include <rte_ethdev.h>

_Static_assert(WORKER_BURST <= 64, "struct answers has a bit for each frame of a burst");

/* The first one of a burst pays for what all of them need. */
static void begin(struct worker *w, struct answers *a)
{
	a->left = allowance_top_up(&w->answering.allowance, worker_time(w));
	a->granted = a->left;
	a->pace = pace_at(&w->counter.policy->pace, w->block->load.busy_permille);
	a->made = a->limited = a->unfit = 0;
	a->with_frame = a->taken = 0;
}

/* Nothing that the device found out about the frame holds any more. */
static void cut(struct rte_mbuf *m, uint16_t len)
{
	m->data_len = len;
	m->pkt_len = len;
	m->ol_flags = 0;
}

/* Frames in several segments are not answered: hardly any request is one. */
static struct answer_made try(
	const struct worker *w, struct rte_mbuf *m, const struct answer_facts *facts)
{
	if (m->nb_segs != 1)
		return (struct answer_made){0};
	return answer_frame_make(rte_pktmbuf_mtod(m, uint8_t *), m->data_len, w->rules.port, facts);
}

static void make(struct worker *w, struct rte_mbuf *m, unsigned i, struct answer_facts *facts,
	struct answers *a)
{
	if (a->asked++ == 0)
		begin(w, a);
	if (a->left == 0) {
		a->limited++;
		return;
	}
	facts->pace = a->pace;
	struct answer_made made = try(w, m, facts);
	if (made.len == 0) {
		a->unfit++;
		return;
	}
	cut(m, made.len);
	a->left--;
	a->taken |= 1ull << i;
	a->with_frame |= (uint64_t)made.has_frame << a->made;
	a->frames[a->made++] = m;
}

/*
 * What the sender of a well-formed datagram hears of its refusal. Never anything about tickets:
 * who has none is not answered.
 */
static enum answer_status status_of(const struct policy *p, uint16_t channel, enum refusal r)
{
	switch (r) {
	case REFUSED_reaction:
	case REFUSED_text_no_reaction:
		return ANSWER_UNKNOWN;
	case REFUSED_unsequenced_rate:
		return ANSWER_LIMITED;
	case REFUSED_unsequenced_off: // looked at before tickets are
		return p->row_of[channel] != POLICY_NO_ROW ? ANSWER_LIMITED : ANSWER_STATUSES;
	case REFUSED_channel:
		return p->answers_unknown ? ANSWER_UNKNOWN : ANSWER_STATUSES;
	default:
		return ANSWER_STATUSES;
	}
}

void answering_settled(struct worker *w, struct rte_mbuf *m, const struct pending *p,
	enum refusal refusal, const struct counting_receipt *receipt, struct answers *a)
{
	struct answer_facts facts = {.slot = &w->answering.board[p->row]};

	if (refusal == REFUSED_none) {
		facts.status = (uint8_t)receipt->status;
		facts.sequence = receipt->sequence;
	} else {
		facts.status = (uint8_t)status_of(w->counter.policy, WIRE_CHANNEL_NONE, refusal);
	}
	if (facts.status != ANSWER_STATUSES)
		make(w, m, p->frame, &facts, a);
}

/* Whoever comes here with a channel of tickets had a good one. */
static const struct board_slot *slot_of(const struct worker *w, uint16_t channel)
{
	const struct policy *p = w->counter.policy;
	uint16_t row = p->row_of[channel];

	if (row == POLICY_NO_ROW)
		row = (uint16_t)(p->gate.row_plus_1[channel] - 1);
	return row != POLICY_NO_ROW ? &w->answering.board[row] : NULL;
}

void answering_refused(struct worker *w, struct rte_mbuf *m, unsigned i, const uint8_t *payload,
	enum refusal refusal, struct answers *a)
{
	/* Then it was decoded, and has a header unless it is plain text. */
	if (refusal_layer(refusal) != REFUSAL_POLICY || payload[0] != REACTION_MAGIC ||
		(payload[1] & REACTION_ASKS) == 0)
		return;
	uint16_t channel = load_be16(payload + ANSWER_AT_CHANNEL);
	struct answer_facts facts = {
		.slot = slot_of(w, channel),
		.status = (uint8_t)status_of(w->counter.policy, channel, refusal),
	};
	if (facts.status != ANSWER_STATUSES)
		make(w, m, i, &facts, a);
}

/* Some drivers' word for a connection that was lost just then is a large number. */
static unsigned send_out(const struct worker *w, struct answers *a)
{
	unsigned n = a->made == 0
			     ? 0
			     : rte_eth_tx_burst(w->port, w->queue, a->frames, (uint16_t)a->made);
	unsigned sent = RTE_MIN(n, a->made);

	if (sent < a->made)
		rte_pktmbuf_free_bulk(a->frames + sent, a->made - sent);
	return sent;
}

static void publish(struct worker *w, const struct answers *a, unsigned sent)
{
	struct worker_stats *s = &w->block->stats;
	uint64_t gone = sent < 64 ? (1ull << sent) - 1 : UINT64_MAX;

	worker_block_begin(w->block);
	s->answers_sent += sent;
	s->answers_with_frame += (unsigned)__builtin_popcountll(a->with_frame & gone);
	s->answers_dropped += a->made - sent;
	s->answers_limited += a->limited;
	s->answers_unfit += a->unfit;
	worker_block_end(w->block);
}

void answering_send(struct worker *w, struct answers *a)
{
	allowance_use(&w->answering.allowance, a->granted - a->left);
	publish(w, a, send_out(w, a));
}

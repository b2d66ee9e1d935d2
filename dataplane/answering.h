/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Answers of a worker: which datagrams get one, how many a second, and how they leave. A frame
 * becomes its own answer (answer_frame.h) as soon as its datagram is settled; at the end of the
 * burst those go out on the queue of the same number, and what that has no room for is dropped.
 *
 * Nothing of this is reached by a burst in which nobody asks.
 */
#ifndef DATAPLANE_ANSWERING_H
#define DATAPLANE_ANSWERING_H

#include "dataplane/allowance.h"
#include "dataplane/board.h"
#include "dataplane/counting.h"
#include "wire/refusal.h"

struct rte_mbuf;
struct worker;

struct answering {
	bool able;                      // the port can send
	bool on;                        // and it is configured
	const struct board_slot *board; // by row
	struct allowance allowance;
};

/* Of one burst. All but asked is set when the first one asks. */
struct answers {
	unsigned asked;
	uint32_t granted, left; // that may be made, and of them still
	unsigned made, limited, unfit;
	uint8_t pace;
	struct rte_mbuf *frames[64]; // those that have become answers
	uint64_t with_frame;         // bit i: frames[i] carries a sentiment frame
	uint64_t taken;              // bit i: frame i of the burst is among them
};

/* A datagram that asks was settled, with or without a refusal. */
void answering_settled(struct worker *w, struct rte_mbuf *m, const struct pending *p,
	enum refusal refusal, const struct counting_receipt *receipt, struct answers *a);

/* Frame i of the burst was refused before that, for a reason of which its sender may hear or not.
 */
void answering_refused(struct worker *w, struct rte_mbuf *m, unsigned i, const uint8_t *payload,
	enum refusal refusal, struct answers *a);

/* Sends the answers and counts them. Their frames are the worker's no more. */
void answering_send(struct worker *w, struct answers *a);

#endif

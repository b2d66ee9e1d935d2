/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A phone as the protocol wants it: one batch a datagram, its last few batches repeated. What the
 * network does to each datagram is drawn when the phone is made, so that the same phone meets the
 * same fate whatever happens to the boxes.
 */
#ifndef PERF_MOVING_PHONE_H
#define PERF_MOVING_PHONE_H

#include "client/crowd/random.h"
#include "wire/limits.h"

#include <stdbool.h>
#include <stddef.h>

enum { PHONE_DATAGRAMS_MAX = 1024 };

struct phone_habits {
	unsigned history; // batches in a datagram, the new one among them
	bool confirms;    // asks for receipts, and repeats only what none has confirmed
	double interval;  // seconds between datagrams, at least
	double loss;      // share of datagrams, and of receipts, that the network loses
	double late;      // share that the network keeps for up to PHONE_LATE_SECONDS
};

enum { PHONE_LATE_SECONDS = 8 };

struct phone_datagram {
	uint32_t sequence;
	double sent, arrives; // seconds; INFINITY: is lost
	double back;          // after how many seconds a receipt is there; INFINITY: is lost
	uint32_t chance;      // for routers that do not keep a flow together
};

struct phone {
	struct phone_habits habits;
	uint64_t session;
	unsigned n;
	struct phone_datagram datagrams[PHONE_DATAGRAMS_MAX]; // as they arrive
	double confirmed[PHONE_DATAGRAMS_MAX + 1];            // when, by sequence
};

/* Taps from some moment of the first `seconds` on, for at most as long. */
void phone_make(struct phone *p, const struct phone_habits *habits, uint64_t seed, double seconds);

/* Nothing was confirmed: the phone lives through its time again. */
void phone_begin(struct phone *p);

/* How many batches are in the datagram. */
unsigned phone_batches(const struct phone *p, const struct phone_datagram *d);

size_t phone_payload(const struct phone *p, const struct phone_datagram *d, unsigned batches,
	uint8_t out[WIRE_PAYLOAD_MAX]);

/* It was taken: so a receipt is on its way. */
void phone_receipt(struct phone *p, const struct phone_datagram *d, unsigned batches);

#endif

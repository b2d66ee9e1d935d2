/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One worker's counting: a payload goes in; taps go to the worker's tallies, or the payload is
 * refused whole, for the first reason that applies. Everything is checked before anything counts.
 * No DPDK here: tests and fuzzers call the same code that workers run (counting.h).
 */
#ifndef DATAPLANE_COUNTER_H
#define DATAPLANE_COUNTER_H

#include "dataplane/moved.h"
#include "dataplane/policy.h"
#include "dataplane/reactors.h"
#include "dataplane/sessions.h"
#include "dataplane/text_scanner.h"
#include "dataplane/undo.h"
#include "dataplane/worker_stats.h"
#include "wire/reaction.h"

struct counter {
	const struct policy *policy;
	struct worker_stats *stats;
	uint64_t *tallies; // [rows][stride], in the arena; worker: wo, control: ro
	uint32_t stride;   // reactions a row
	bool *moved;       // [rows], see moved.h; worker: wo, control: rw
	unsigned owner;    // the worker's number, in the slots of sessions
	struct sessions sessions;
	struct undo *undo;           // in the arena
	uint32_t now;                // of this burst, in 1/SESSION_LIMIT_HZ s
	uint32_t unsequenced_budget; // of unsequenced datagrams, until the end of this burst
	struct reactors reactors;
	struct text_scanner *scanner;
};

/* Counts the payload, or returns why not. The caller counts accepted and refused. */
enum refusal counter_take(struct counter *c, const uint8_t *payload, size_t len);

#endif

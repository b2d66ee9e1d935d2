/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Tables of sessions, one of each size that cases ask for, kept from case to case: to fill one
 * takes seconds. Every session has sent its first datagram before a table is first handed out.
 */
#ifndef PERF_SESSION_TABLE_H
#define PERF_SESSION_TABLE_H

#include "dataplane/counter.h"
#include "perf/cases.h"

struct session_table {
	void *memory; // NULL: not there yet
	uint32_t buckets;
	bool ordinary;  // in ordinary pages
	bool filled;    // all sessions are introduced
	unsigned users; // cases so far
};

/* The table for a case, or NULL if there is no memory for it. */
struct session_table *session_table_of(const struct bench_case *c);

/*
 * Introduces all sessions of the case, if that was not done, through a worker's counter that uses
 * the table. What this adds to tallies and statistics stays there.
 */
void session_table_fill(
	struct session_table *t, const struct bench_case *c, struct counter *counter);

/*
 * The number of the first datagram that a case may send: behind all that cases before it may have
 * sent, so that each sequence number is new.
 */
uint64_t session_table_first(struct session_table *t, const struct bench_case *c);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Medians and spreads of rounds, as a table or as JSON.
 */
#ifndef PERF_REPORT_H
#define PERF_REPORT_H

enum { REPORT_ROUNDS_MAX = 32, REPORT_ROWS_MAX = 64 };

struct report_row {
	const char *name;
	unsigned working_set;
	unsigned rounds;
	double touch[REPORT_ROUNDS_MAX]; // ticks a frame
	double count[REPORT_ROUNDS_MAX];
	long switches; // involuntary context switches during the rounds: the row was disturbed
};

struct report {
	unsigned n;
	struct report_row rows[REPORT_ROWS_MAX];
};

/* Around the rounds of a row. */
void report_begin(struct report_row *row);
void report_end(struct report_row *row);

void report_add(struct report *r, const struct report_row *row);
void report_print_row(const struct report *r, unsigned i);
void report_print_json(const struct report *r);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The rows of a run: as a table while they come, as JSON, as a plot.
 */
#ifndef PERF_REPORT_H
#define PERF_REPORT_H

#include "client/device/machine.h"
#include "perf/samples.h"

#include <stdbool.h>

enum { REPORT_ROWS_MAX = 128 };

struct report_row {
	const char *group; // how it was measured
	char name[48];     // of the case
	const char *base;  // what the base is
	unsigned buffers;  // 0: has no meaning here
	unsigned workers;
	unsigned samples;
	unsigned aside; // samples that do not count, for somebody else had the CPU
	struct spread of_base, of_all, over; // ticks a datagram
	double mpps_base, mpps_all;          // millions of datagrams a second; 0: not measured
	double idle;       // share of looks at the queue that found nothing, while all was measured
	long switches;     // involuntary context switches
	bool ordinary;     // tallies or tables lie in ordinary pages
	bool disturbed;    // do not use it
	bool whole;        // the base is a part of what it costs, for no user goes without it
	char skipped[160]; // why it was not measured, or ""
};

struct report {
	struct machine machine;
	bool quick;
	bool quiet; // no table
	unsigned n;
	struct report_row rows[REPORT_ROWS_MAX];
};

/* What a group is, for people. */
const char *report_title(const char *group);

/* One worker, nothing measured yet. */
struct report_row report_row(const char *group, const char *name, const char *base);

/* Fills in what the samples say, adds the row and shows it. */
void report_add(struct report *r, struct report_row row, const struct samples *s);

/* A row that could not be measured. */
__attribute__((format(printf, 3, 4))) void report_skip(
	struct report *r, struct report_row row, const char *why, ...);

/* The row of a group and case with the working set that rivals are set against; or NULL. */
const struct report_row *report_find(const struct report *r, const char *group, const char *name);

/* table.c: what is shown while rows come, and the comparison at the end. */
void table_heading(const struct report *r);
void table_row(const struct report *r, const struct report_row *row);
void table_side_by_side(const struct report *r);

/* json.c: one object on standard output. */
void json_print(const struct report *r);

/* plot.c: an SVG made by gnuplot. 0, or -errno after a complaint. */
int plot_write(const struct report *r, const char *file);

#endif

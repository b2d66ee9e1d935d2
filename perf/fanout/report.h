/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The rows of a run: a contestant with so many subscribers, and what was measured of it, each
 * figure over all turns or repetitions.
 */
#ifndef PERF_FANOUT_REPORT_H
#define PERF_FANOUT_REPORT_H

#include "client/device/machine.h"
#include "perf/figures.h"

#include <stdbool.h>

enum fanout_metric {
	/* Saturated: the next frame as soon as the last one was delivered. */
	M_DELIVERIES, // a second
	M_WALL,       // microseconds a delivery
	M_WALL_X,     // times the floor's, turn by turn
	M_BUSY,       // microseconds of the server's core a delivery
	M_BUSY_X,     // times the floor's, by repetition
	M_FIRST,      // milliseconds from publishing; for the appliance, from the window's end
	M_MEDIAN,
	M_P99,
	M_LAST,
	M_SKEW, // milliseconds from first to last
	M_SKEW_X,
	/* A frame each 500 ms, and each 2 s: caches are cold. */
	M_SKEW_500,
	M_SKEW_500_X,
	M_SKEW_2000,
	M_SKEW_2000_X,
	/* Joining. */
	M_JOINS,   // a second
	M_JOIN_US, // microseconds of the server's core
	M_USER,    // bytes a connection
	M_KERNEL,  // bytes a connection, the server's end
	M_GROWTH,  // bytes of the process a connection, over all rounds
	M_ROUNDS,  // those rounds
	/* One in twenty does not read. */
	M_STALL_WALL_X, // per healthy delivery, times that without stalled ones
	M_STALL_SKEW_X,
	M_STALL_FRAMES, // in the server's kernel for a stalled one, median
	M_STALL_MOST,
	M_STALL_ROUNDS,  // in which those that stall became full
	M_STALL_SOCKETS, // bytes of socket buffers for a stalled one
	M_STALL_USER,    // bytes of the process for a stalled one, until it was full
	M_STALL_RISING,  // bytes of the process for a stalled one, each frame after that
	/* Killed with all connections open. */
	M_RESTART, // milliseconds until it listens again
	METRICS,
};

enum { ROWS_MAX = 64 };

struct fanout_row {
	const char *name;
	unsigned subscribers;
	unsigned window_ms; // of the appliance, else 0
	bool disturbed;
	char skipped[192]; // why there is nothing, or ""
	struct figures *of[METRICS];
};

struct fanout_report {
	struct machine machine;
	bool quick, quiet;
	bool markdown; // tables for a document
	unsigned n;
	struct fanout_row rows[ROWS_MAX];
};

extern const char *const fanout_metric_names[METRICS];

/* The row of that name and number, made if need be. */
struct fanout_row *report_row_of(
	struct fanout_report *r, const char *name, unsigned subscribers, unsigned window_ms);

void row_add(struct fanout_row *row, enum fanout_metric metric, double value);
bool row_has(const struct fanout_row *row, enum fanout_metric metric);
struct figure row_figure(const struct fanout_row *row, enum fanout_metric metric);

__attribute__((format(printf, 2, 3))) void row_skip(struct fanout_row *row, const char *why, ...);

/* table.c: all rows with so many subscribers. */
void fanout_table_heading(const struct fanout_report *r);
void fanout_table(const struct fanout_report *r, unsigned subscribers);

/* json.c: one object on standard output. */
void fanout_json(const struct fanout_report *r);

/* plot.c: an SVG made by gnuplot. 0, or -errno after a complaint. */
int fanout_plot(const struct fanout_report *r, const char *file);

#endif

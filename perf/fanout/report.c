/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const fanout_metric_names[METRICS] = {
	[M_DELIVERIES] = "deliveries_per_second",
	[M_WALL] = "wall_us",
	[M_WALL_X] = "wall_over_floor",
	[M_BUSY] = "busy_us",
	[M_BUSY_X] = "busy_over_floor",
	[M_FIRST] = "first_ms",
	[M_MEDIAN] = "median_ms",
	[M_P99] = "p99_ms",
	[M_LAST] = "last_ms",
	[M_SKEW] = "skew_ms",
	[M_SKEW_X] = "skew_over_floor",
	[M_SKEW_500] = "skew_each_500_ms",
	[M_SKEW_500_X] = "skew_each_500_ms_over_floor",
	[M_SKEW_2000] = "skew_each_2000_ms",
	[M_SKEW_2000_X] = "skew_each_2000_ms_over_floor",
	[M_JOINS] = "joins_per_second",
	[M_JOIN_US] = "join_busy_us",
	[M_USER] = "user_bytes",
	[M_KERNEL] = "kernel_bytes",
	[M_GROWTH] = "user_growth_bytes",
	[M_ROUNDS] = "rounds",
	[M_STALL_WALL_X] = "stalled_wall_over_healthy",
	[M_STALL_SKEW_X] = "stalled_skew_over_healthy",
	[M_STALL_FRAMES] = "stalled_frames_in_kernel",
	[M_STALL_MOST] = "stalled_frames_in_kernel_most",
	[M_STALL_ROUNDS] = "stalled_rounds",
	[M_STALL_SOCKETS] = "stalled_socket_bytes",
	[M_STALL_USER] = "stalled_user_bytes",
	[M_STALL_RISING] = "stalled_user_bytes_per_frame",
	[M_RESTART] = "restart_ms",
};

struct fanout_row *report_row_of(
	struct fanout_report *r, const char *name, unsigned subscribers, unsigned window_ms)
{
	for (unsigned i = 0; i < r->n; i++) {
		struct fanout_row *row = &r->rows[i];

		if (strcmp(row->name, name) == 0 && row->subscribers == subscribers &&
			row->window_ms == window_ms)
			return row;
	}
	if (r->n == ROWS_MAX) {
		fprintf(stderr, "more than %d rows\n", ROWS_MAX);
		exit(1);
	}
	struct fanout_row *row = &r->rows[r->n++];
	*row = (struct fanout_row){
		.name = name, .subscribers = subscribers, .window_ms = window_ms};
	return row;
}

void row_add(struct fanout_row *row, enum fanout_metric metric, double value)
{
	if (row->of[metric] == NULL)
		row->of[metric] = calloc(1, sizeof(struct figures));
	if (row->of[metric] == NULL)
		abort();
	figures_add(row->of[metric], value);
}

bool row_has(const struct fanout_row *row, enum fanout_metric metric)
{
	return row->of[metric] != NULL;
}

struct figure row_figure(const struct fanout_row *row, enum fanout_metric metric)
{
	return row_has(row, metric) ? figures_sum_up(row->of[metric]) : (struct figure){0};
}

void row_skip(struct fanout_row *row, const char *why, ...)
{
	va_list args;

	va_start(args, why);
	vsnprintf(row->skipped, sizeof(row->skipped), why, args);
	va_end(args);
}

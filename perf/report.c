/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static long switches_so_far(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_nivcsw : 0;
}

void report_begin(struct report_row *row)
{
	row->switches = switches_so_far();
}

void report_end(struct report_row *row)
{
	row->switches = switches_so_far() - row->switches;
}

void report_add(struct report *r, const struct report_row *row)
{
	if (r->n < REPORT_ROWS_MAX)
		r->rows[r->n++] = *row;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct spread {
	double low, median, high; // the middle half lies between low and high
};

static struct spread spread_of(const double *rounds, unsigned n)
{
	double sorted[REPORT_ROUNDS_MAX];

	memcpy(sorted, rounds, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), ascending);
	return (struct spread){sorted[n / 4], sorted[n / 2], sorted[n - 1 - n / 4]};
}

/* Round by round, so that what slows both does not count. */
static struct spread spread_over(const struct report_row *row)
{
	double over[REPORT_ROUNDS_MAX];

	for (unsigned i = 0; i < row->rounds; i++)
		over[i] = row->count[i] - row->touch[i];
	return spread_of(over, row->rounds);
}

void report_print_row(const struct report *r, unsigned i)
{
	const struct report_row *row = &r->rows[i];
	struct spread touch = spread_of(row->touch, row->rounds), over = spread_over(row);

	if (i == 0)
		printf("%-26s %8s %8s %12s %15s %7s %9s\n", "ticks of the TSC a datagram",
			"buffers", "touch", "over touch", "middle half", "ratio", "switches");
	printf("%-26s %8u %8.1f %12.1f %7.1f-%7.1f %7.2f %9ld%s\n", row->name, row->working_set,
		touch.median, over.median, over.low, over.high,
		(touch.median + over.median) / touch.median, row->switches,
		row->switches > (long)row->rounds ? "  disturbed" : "");
	fflush(stdout);
}

void report_print_json(const struct report *r)
{
	printf("[");
	for (unsigned i = 0; i < r->n; i++) {
		const struct report_row *row = &r->rows[i];
		struct spread touch = spread_of(row->touch, row->rounds), over = spread_over(row);

		printf("%s{\"name\":\"%s\",\"buffers\":%u,\"touch\":%.2f,\"over_touch\":%.2f,"
		       "\"low\":%.2f,"
		       "\"high\":%.2f,\"rounds\":%u,\"involuntary_switches\":%ld}",
			i == 0 ? "" : ",\n ", row->name, row->working_set, touch.median,
			over.median, over.low, over.high, row->rounds, row->switches);
	}
	printf("]\n");
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/report.h"

#include <stdio.h>
#include <string.h>

void table_heading(const struct report *r)
{
	const struct machine *m = &r->machine;

	printf("%s; %s; %u CPU%s; TSC %.0f MHz; load %.1f\n", m->processor, m->kernel, m->cpus,
		m->cpus == 1 ? "" : "s", m->tsc_hz / 1e6, m->load);
	printf("buffers in %s pages%s\n", m->huge_pages ? "huge" : "ordinary",
		r->quick ? "; --quick: too short to be quoted" : "");
}

static void section(const struct report *r, const struct report_row *row)
{
	if (r->n > 0 && strcmp(r->rows[r->n - 1].group, row->group) == 0)
		return;
	printf("\n%s\n", report_title(row->group));
	printf("%-32s %7s %7s %8s %8s %15s %8s %8s %8s\n", "ticks of the TSC a datagram", "buffers",
		"workers", "base", "over", "middle half", "all ns", "Mpps", "switches");
}

/* Or a dash, where it has no meaning. */
static void number(char out[16], double value, int digits)
{
	if (value > 0)
		snprintf(out, 16, "%.*f", digits, value);
	else
		snprintf(out, 16, "-");
}

void table_row(const struct report *r, const struct report_row *row)
{
	char buffers[16], mpps[16];

	section(r, row);
	number(buffers, row->buffers, 0);
	if (row->skipped[0] != '\0') {
		printf("%-32s %7s %7u  skipped: %s\n", row->name, buffers, row->workers,
			row->skipped);
		return;
	}
	number(mpps, row->mpps_all, 2);
	printf("%-32s %7s %7u %8.1f %8.1f %7.1f-%7.1f %8.1f %8s %8ld%s%s\n", row->name, buffers,
		row->workers, row->of_base.median, row->over.median, row->over.low, row->over.high,
		row->of_all.median / r->machine.tsc_hz * 1e9, mpps, row->switches,
		row->disturbed ? "  disturbed" : "", row->ordinary ? "  ordinary pages" : "");
	if (row->mpps_base > 0)
		printf("%-32s   %.1f %% of the rate of receiving and freeing alone (%.2f Mpps); "
		       "the queue was empty at %.0f "
		       "%% "
		       "of the looks\n",
			"", 100 * row->mpps_all / row->mpps_base, row->mpps_base, 100 * row->idle);
	fflush(stdout);
}

static void rival(const struct report *r, const struct report_row *ours, const char *group)
{
	const struct report_row *row = report_find(r, group, ours->name);
	double ticks = row == NULL ? 0 : row->whole ? row->of_all.median : row->over.median;

	if (row == NULL)
		printf(" %18s", "-");
	else
		printf(" %10.1f (%5.1f)", ticks, ticks / ours->over.median);
}

void table_side_by_side(const struct report *r)
{
	printf("\nside by side, the same frames: ticks a datagram (times ours)\n");
	printf("%-32s %11s %18s %18s\n", "", "over touch", "XDP over empty", "recvmmsg, all");
	for (unsigned i = 0; i < r->n; i++) {
		const struct report_row *ours = &r->rows[i];

		if (strcmp(ours->group, "recycled") != 0 ||
			report_find(r, "recycled", ours->name) != ours ||
			(report_find(r, "xdp", ours->name) == NULL &&
				report_find(r, "recvmmsg", ours->name) == NULL))
			continue;
		printf("%-32s %11.1f", ours->name, ours->over.median);
		rival(r, ours, "xdp");
		rival(r, ours, "recvmmsg");
		printf("\n");
	}
	fflush(stdout);
}

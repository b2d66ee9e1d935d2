/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/report.h"

#include "perf/cases.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *group, *title;
} groups[] = {
	{"recycled", "worker_burst() over recycled packet buffers, one worker"},
	{"workers", "the same by one worker and by as many as there are CPUs"},
	{"memif", "worker_run() over memif, from a generator in another process"},
	{"device", "worker_run() over a device to which another machine sends"},
	{"xdp", "rival: an XDP program, BPF_PROG_TEST_RUN, one frame again and again"},
	{"recvmmsg",
		"rival: recvmmsg() on loopback, lossless; all CPU time of the receiving thread"},
};

const char *report_title(const char *group)
{
	for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (strcmp(groups[i].group, group) == 0)
			return groups[i].title;
	}
	return group;
}

struct report_row report_row(const char *group, const char *name, const char *base)
{
	struct report_row row = {.group = group, .base = base, .workers = 1};

	snprintf(row.name, sizeof(row.name), "%s", name);
	return row;
}

static void keep(struct report *r, const struct report_row *row)
{
	if (r->n == REPORT_ROWS_MAX)
		return;
	r->rows[r->n] = *row;
	if (!r->quiet)
		table_row(r, &r->rows[r->n]);
	r->n++;
}

void report_add(struct report *r, struct report_row row, const struct samples *s)
{
	row.samples = s->n;
	row.aside = s->aside;
	row.of_base = samples_base(s);
	row.of_all = samples_all(s);
	row.over = samples_over(s);
	row.switches = s->switches;
	row.disturbed = s->disturbed;
	keep(r, &row);
}

void report_skip(struct report *r, struct report_row row, const char *why, ...)
{
	va_list list;

	va_start(list, why);
	vsnprintf(row.skipped, sizeof(row.skipped), why, list);
	va_end(list);
	keep(r, &row);
}

const struct report_row *report_find(const struct report *r, const char *group, const char *name)
{
	for (unsigned i = 0; i < r->n; i++) {
		const struct report_row *row = &r->rows[i];

		if (strcmp(row->group, group) == 0 && strcmp(row->name, name) == 0 &&
			(row->buffers == 0 || row->buffers == CASE_BUFFERS) &&
			row->skipped[0] == '\0')
			return row;
	}
	return NULL;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/report.h"

#include <jansson.h>
#include <stdio.h>

static json_t *figure(const struct fanout_row *row, enum fanout_metric metric)
{
	struct figure f = row_figure(row, metric);

	return json_pack("{s:f, s:f, s:f, s:f, s:i}", "least", f.least, "low", f.low, "median",
		f.median, "high", f.high, "samples", (int)row->of[metric]->n);
}

static json_t *row(const struct fanout_row *r)
{
	json_t *o = json_pack("{s:s, s:i, s:b}", "name", r->name, "subscribers",
		(int)r->subscribers, "disturbed", r->disturbed);

	if (r->window_ms > 0)
		json_object_set_new(o, "window_ms", json_integer(r->window_ms));
	if (r->skipped[0] != '\0')
		json_object_set_new(o, "skipped", json_string(r->skipped));
	for (unsigned i = 0; i < METRICS; i++) {
		if (row_has(r, i))
			json_object_set_new(o, fanout_metric_names[i], figure(r, i));
	}
	return o;
}

void fanout_json(const struct fanout_report *r)
{
	const struct machine *m = &r->machine;
	json_t *rows = json_array();

	for (unsigned i = 0; i < r->n; i++)
		json_array_append_new(rows, row(&r->rows[i]));
	json_t *all = json_pack("{s:{s:s, s:s, s:i, s:f}, s:b, s:o}", "machine", "processor",
		m->processor, "kernel", m->kernel, "cpus", (int)m->cpus, "load", m->load, "quick",
		r->quick, "rows", rows);
	json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	printf("\n");
	json_decref(all);
}

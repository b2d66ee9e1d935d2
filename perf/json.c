/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/report.h"

#include <jansson.h>
#include <stdio.h>

static json_t *spread(const struct spread *s)
{
	return json_pack("{s:f, s:f, s:f, s:f}", "least", s->least, "low", s->low, "median",
		s->median, "high", s->high);
}

static json_t *machine(const struct machine *m)
{
	return json_pack("{s:s, s:s, s:i, s:f, s:b, s:f}", "processor", m->processor, "kernel",
		m->kernel, "cpus", (int)m->cpus, "tsc_hz", m->tsc_hz, "huge_pages", m->huge_pages,
		"load", m->load);
}

static json_t *row(const struct report_row *r)
{
	json_t *o = json_pack("{s:s, s:s, s:i, s:i}", "group", r->group, "name", r->name, "buffers",
		(int)r->buffers, "workers", (int)r->workers);

	if (r->skipped[0] != '\0') {
		json_object_set_new(o, "skipped", json_string(r->skipped));
		return o;
	}
	json_object_update_new(
		o, json_pack("{s:s, s:o, s:o, s:o, s:i, s:i, s:I, s:b, s:b}", "base", r->base,
			   "ticks_base", spread(&r->of_base), "ticks_all", spread(&r->of_all),
			   "ticks_over", spread(&r->over), "samples", (int)r->samples, "set_aside",
			   (int)r->aside, "involuntary_switches", (json_int_t)r->switches,
			   "disturbed", r->disturbed, "ordinary_pages", r->ordinary));
	if (r->mpps_all > 0)
		json_object_set_new(o, "mpps_all", json_real(r->mpps_all));
	if (r->mpps_base > 0)
		json_object_update_new(o,
			json_pack("{s:f, s:f}", "mpps_base", r->mpps_base, "empty_looks", r->idle));
	return o;
}

void json_print(const struct report *r)
{
	json_t *rows = json_array();

	for (unsigned i = 0; i < r->n; i++)
		json_array_append_new(rows, row(&r->rows[i]));
	json_t *all = json_pack("{s:o, s:b, s:o}", "machine", machine(&r->machine), "quick",
		r->quick, "rows", rows);
	json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	printf("\n");
	json_decref(all);
}

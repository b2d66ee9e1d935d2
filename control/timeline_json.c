/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/timeline_json.h"

#include <jansson.h>

static json_t *describe(const struct timeline_point *p)
{
	return json_pack("[I, I, I, i, f, f, b]", (json_int_t)p->ends,
		(json_int_t)(p->ends - p->begins), (json_int_t)p->taps, (int)p->reactors,
		(double)p->score, (double)p->intensity, p->surge);
}

char *timeline_json(unsigned channel, const char *name, const struct timeline_points *t)
{
	json_t *points = json_array();

	for (unsigned i = 0; i < t->n; i++)
		json_array_append_new(points, describe(&t->points[i]));
	json_t *root = json_pack("{s:i, s:s, s:[s,s,s,s,s,s,s], s:o}", "channel", (int)channel,
		"name", name, "columns", "ends_ms", "length_ms", "taps", "reactors", "score",
		"intensity", "surge", "points", points);
	char *text = root != NULL ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(4)) : NULL;

	json_decref(root);
	return text;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster_json.h"

#include "control/stats_value.h"
#include "control/window_clock.h"

#include <stdio.h>

/* Seconds since a window ended; null: there was none yet. */
static json_t *age(uint64_t ends_ms)
{
	uint64_t now_ms = window_clock_read().wall / 1000000;

	if (ends_ms == 0)
		return json_null();
	return json_real(now_ms > ends_ms ? (double)(now_ms - ends_ms) / 1e3 : 0);
}

static json_t *describe_publisher(const struct publisher_status *p)
{
	if (p == NULL)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:s}", "rounds",
		stats_number(p->rounds), "records", stats_number(p->records), "bytes",
		stats_number(p->bytes), "failed", stats_number(p->failed), "window",
		stats_number(p->window), "ends", stats_time(p->ends), "marked_rows",
		stats_number(p->marked_rows), "topics_good", p->topics_good, "complaint",
		p->complaint);
}

static json_t *describe_node(const struct partition_node *n)
{
	char generation[24];

	snprintf(generation, sizeof(generation), "%016llx", (unsigned long long)n->generation);
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:b, s:b}", "node", n->name, "generation",
		generation, "ends", stats_time(n->ends), "age_s", age(n->ends), "late",
		stats_number(n->late), "live", n->live, "left", n->left);
}

static json_t *describe_nodes(const struct merger_status *m)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < m->n_nodes; i++)
		json_array_append_new(array, describe_node(&m->nodes[i]));
	return array;
}

static json_t *describe_merger(const struct merger_status *m)
{
	if (m == NULL)
		return json_null();
	return json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			 "s:o, s:o, s:o, s:o, s:s}",
		"partitions", (int)m->partitions, "partitions_coming", (int)m->partitions_coming,
		"windows", stats_number(m->windows), "aborted", stats_number(m->aborted), "fenced",
		stats_number(m->fenced), "rebalances", stats_number(m->rebalances), "records",
		stats_number(m->records), "late", stats_number(m->late), "malformed",
		stats_number(m->malformed), "retired", stats_number(m->retired), "retired_refused",
		stats_number(m->retired_refused), "frames", stats_number(m->frames), "bytes",
		stats_number(m->bytes), "window", stats_number(m->window), "ends",
		stats_time(m->ends), "taps", stats_number(m->taps), "close_us",
		stats_histogram(&m->close_ns), "nodes", describe_nodes(m), "complaint",
		m->complaint);
}

static json_t *describe_follower(const struct follower_status *f)
{
	if (f == NULL)
		return json_null();
	return json_pack("{s:b, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:s}", "caught_up",
		f->caught_up, "frames", stats_number(f->frames), "malformed",
		stats_number(f->malformed), "older", stats_number(f->older), "channels",
		(int)f->channels, "window", stats_number(f->window), "ends", stats_time(f->ends),
		"frame_age_s", age(f->ends), "oldest_frame_age_s", age(f->oldest_ends), "behind_us",
		stats_histogram(&f->behind_ns), "complaint", f->complaint);
}

json_t *roles_json(unsigned roles)
{
	static const struct {
		enum config_role role;
		const char *name;
	} names[] = {{ROLE_INGEST, "ingest"}, {ROLE_MERGE, "merge"}, {ROLE_FANOUT, "fanout"}};
	json_t *array = json_array();

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((roles & names[i].role) != 0)
			json_array_append_new(array, json_string(names[i].name));
	}
	return array;
}

json_t *cluster_json(struct cluster *c, const struct config *config)
{
	if (c == NULL)
		return json_null();
	struct cluster_status s = cluster_read_status(c);
	return json_pack("{s:s, s:o, s:o, s:o}", "node", config->cluster.node, "publisher",
		describe_publisher(s.publisher), "merger", describe_merger(s.merger), "follower",
		describe_follower(s.follower));
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/stats_cluster.h"

#include "client/stats_table.h"

#include <stdint.h>

bool stats_counts(const json_t *root)
{
	return !json_is_object(json_object_get(root, "cluster")) ||
	       json_is_object(json_object_get(root, "ledger"));
}

/* Whole: it says what to do. */
static void print_complaint(FILE *to, const json_t *part)
{
	const char *text = json_string_value(json_object_get(part, "complaint"));
	char clean[512];

	if (text != NULL && text[0] != '\0')
		fprintf(to, "  %s\n", stats_plain(text, clean, sizeof(clean)));
}

/* Counters and times, in two columns; the complaint is printed behind them. */
static void print_part(FILE *to, const char *title, const json_t *part)
{
	json_t *figures;

	if (!json_is_object(part))
		return;
	figures = json_copy((json_t *)(uintptr_t)part);
	json_object_del(figures, "complaint");
	stats_members(to, title, figures);
	json_decref(figures);
	print_complaint(to, part);
}

static void print_histogram(FILE *to, const char *what, const json_t *h)
{
	char a[64], b[64], c[64], d[64];

	if (json_integer_value(json_object_get(h, "windows")) == 0)
		return;
	fprintf(to, "  %-20s %10s us, p50 %s, p99 %s, of %s\n", what, stats_member(h, "newest", a),
		stats_member(h, "p50", b), stats_member(h, "p99", c),
		stats_member(h, "windows", d));
}

void stats_cluster(FILE *to, const json_t *cluster)
{
	static const struct stats_column nodes[] = {
		{"node", "node", -24},
		{"generation", "arena", -16},
		{"ends", "reported", -24},
		{"age_s", "s ago", 8},
		{"late", "late", 8},
		{"live", "waited for", 10},
		{"left", "left", 5},
	};
	const json_t *merger = json_object_get(cluster, "merger");
	const json_t *follower = json_object_get(cluster, "follower");
	char name[64];

	if (!json_is_object(cluster))
		return;
	fprintf(to, "node    %s\n", stats_member(cluster, "node", name));
	print_part(to, "cluster: tallies out to Kafka", json_object_get(cluster, "publisher"));
	print_part(to, "cluster: merging", merger);
	print_histogram(to, "window to commit", json_object_get(merger, "close_us"));
	STATS_TABLE(to, "cluster: nodes that count, as this merger sees them",
		json_object_get(merger, "nodes"), nodes);
	print_part(to, "cluster: frames out of Kafka", follower);
	print_histogram(to, "window to here", json_object_get(follower, "behind_us"));
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/stats_cluster.h"

#include "client/stats_table.h"

#include <string.h>

bool stats_counts(const json_t *root)
{
	return !json_is_object(json_object_get(root, "cluster")) ||
	       json_is_object(json_object_get(root, "ledger"));
}

bool stats_serves(const json_t *root)
{
	const json_t *roles = json_object_get(root, "roles");
	size_t i;
	json_t *role;

	json_array_foreach (roles, i, role) {
		if (json_is_string(role) && strcmp(json_string_value(role), "fanout") == 0)
			return true;
	}
	return !json_is_array(roles); // an appliance that has no roles does all
}

/* Whole: it says what to do. */
void stats_complaints(FILE *to, const json_t *cluster)
{
	static const char *const parts[] = {"publisher", "merger", "follower"};
	char clean[512];

	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const json_t *part = json_object_get(cluster, parts[i]);
		const char *text = json_string_value(json_object_get(part, "complaint"));

		if (text != NULL && text[0] != '\0')
			fprintf(to, "COMPLAINT of the %s: %s\n", parts[i],
				stats_plain(text, clean, sizeof(clean)));
	}
}

static void print_histogram(FILE *to, const char *what, const json_t *h)
{
	char a[64], b[64], c[64], d[64];

	if (json_integer_value(json_object_get(h, "windows")) == 0)
		return;
	fprintf(to, "  %-44s %s, p50 %s, p99 %s, of %s\n", what, stats_newest_ms(h, a),
		stats_bound_ms(h, "p50", b), stats_bound_ms(h, "p99", c),
		stats_member(h, "windows", d));
}

static void print_publisher(FILE *to, const json_t *publisher)
{
	static const struct stats_line lines[] = {
		{"ends", "all partitions have what was until"},
		{"window", "which is the end of this node's own window"},
		{"marked_rows", "channels that have grown since"},
		{"records", "tallies delivered"},
		{"rounds", "in rounds, summed over partitions"},
		{"bytes", "bytes of them, before compression"},
		{"failed", "tallies that failed and go again"},
	};

	STATS_LINES(to, "cluster: tallies out to Kafka, since the start", publisher, lines);
}

static void print_merger(FILE *to, const json_t *merger)
{
	static const struct stats_line lines[] = {
		{"partitions", "partitions that it merges"},
		{"partitions_coming", "partitions that it takes over now"},
		{"window", "newest window, number of the cluster"},
		{"ends", "which ended"},
		{"taps", "taps merged"},
		{"windows", "windows committed"},
		{"frames", "frames published"},
		{"bytes", "bytes of them, before compression"},
		{"records", "tallies and reports read"},
		{"late", "reports that came after their window"},
		{"malformed", "malformed records, left out"},
		{"aborted", "transactions aborted, and made again"},
		{"fenced", "partitions lost to another merger"},
		{"rebalances", "rebalances of the group"},
		{"retired", "sources folded (arenas that are gone)"},
		{"retired_refused", "records of folded sources, refused"},
	};
	static const struct stats_column nodes[] = {
		{"node", "node", -24},
		{"generation", "arena", -16},
		{"ends", "reported", -24},
		{"age_s", "s ago", 8},
		{"late", "waited for in vain", 18},
		{"live", "waited for", 10},
		{"left", "left", 5},
	};

	STATS_LINES(to, "cluster: merging, since the start, summed over partitions", merger, lines);
	print_histogram(
		to, "from a window's end to its commit", json_object_get(merger, "close_us"));
	STATS_TABLE(to,
		"cluster: nodes that count, as this merger sees them (windows of partitions)",
		json_object_get(merger, "nodes"), nodes);
}

static void print_follower(FILE *to, const json_t *follower)
{
	static const struct stats_line lines[] = {
		{"caught_up", "all of the topic is read"},
		{"channels", "channels open"},
		{"window", "newest window, number of the cluster"},
		{"ends", "which ended"},
		{"frame_age_s", "s ago"},
		{"oldest_frame_age_s", "s ago in the partition that is furthest behind"},
		{"frames", "frames taken, since the start"},
		{"older", "frames older than what was here, left out"},
		{"malformed", "malformed records, left out"},
	};

	STATS_LINES(to, "cluster: frames out of Kafka", follower, lines);
	print_histogram(to, "from a window's end to here", json_object_get(follower, "behind_us"));
}

void stats_cluster(FILE *to, const json_t *cluster)
{
	char name[64];

	if (!json_is_object(cluster))
		return;
	fprintf(to, "node    %s\n", stats_member(cluster, "node", name));
	print_publisher(to, json_object_get(cluster, "publisher"));
	print_merger(to, json_object_get(cluster, "merger"));
	print_follower(to, json_object_get(cluster, "follower"));
}

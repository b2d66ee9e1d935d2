/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/stats_tables.h"

#include "client/stats_cluster.h"
#include "client/stats_table.h"
#include "wire/refusal.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

static void print_head(FILE *to, const json_t *root)
{
	const json_t *arena = json_object_get(root, "arena"), *w = json_object_get(root, "window");
	const json_t *late = json_object_get(w, "late_us");
	char a[64], b[64], c[64], d[64];

	fprintf(to, "uproard %s, '%s', process %s, up %s s\n", stats_member(root, "version", a),
		stats_member(root, "name", b), stats_member(root, "pid", c),
		stats_member(root, "uptime_s", d));
	stats_complaints(to, json_object_get(root, "cluster"));
	if (!stats_counts(root))
		return;
	fprintf(to, "arena   %s, hugepages %s, generation %s\n", stats_member(arena, "path", a),
		stats_member(arena, "hugepages", b), stats_member(arena, "generation", c));
	fprintf(to, "window  %s%s of %s ms, ended %s, late by %s", stats_member(w, "number", a),
		json_is_object(json_object_get(root, "cluster")) ? " (this node's own count)" : "",
		stats_member(w, "last_length_ms", b), stats_member(w, "ends", c),
		stats_newest_ms(late, d));
	fprintf(to, "; of %s windows 99 %% %s\n", stats_member(late, "windows", a),
		stats_bound_ms(late, "p99", b));
}

static void print_ports(FILE *to, const json_t *root)
{
	static const struct stats_column ports[] = {
		{"device", "device", -24},
		{"driver", "driver", -12},
		{"steering", "steering", -19},
		{"local", "local", 5},
		{"offered", "offered", 12},
		{"rx", "rx", 12},
		{"imissed", "missed", 10},
		{"nombuf", "nombuf", 10},
	};
	static const struct stats_column exceptions[] = {
		{"port", "port", 4},
		{"interface", "interface", -15},
		{"driver", "driver", -16},
		{"delivered", "to kernel", 12},
		{"kernel_full", "lost", 10},
		{"taken", "from kernel", 12},
		{"returned", "sent", 12},
		{"return_full", "lost", 10},
	};
	static const struct stats_column workers[] = {
		{"worker", "worker", 6},
		{"lcore", "lcore", 5},
		{"port", "port", 4},
		{"queue", "queue", 5},
		{"rx", "rx", 12},
		{"accepted", "accepted", 12},
		{"refused", "refused", 12},
		{"taps", "taps", 12},
	};
	static const struct stats_column last_window[] = {
		{"worker", "worker", 6},
		{"window_rx", "rx", 12},
		{"share_percent", "share %", 7},
		{"busy_percent", "busy %", 6},
		{"ticks_per_datagram", "ticks/datagram", 14},
		{"mean_burst", "mean burst", 10},
	};

	STATS_TABLE(to, "ports", json_object_get(root, "ports"), ports);
	if (json_array_size(json_object_get(root, "exceptions")) > 0)
		STATS_TABLE(to, "exception ports, frames since this process started",
			json_object_get(root, "exceptions"), exceptions);
	STATS_TABLE(to, "workers", json_object_get(root, "workers"), workers);
	STATS_TABLE(
		to, "workers in the last window", json_object_get(root, "workers"), last_window);
}

static const char *explain_datagram(const char *name)
{
	for (enum refusal r = REFUSED_none + 1; r < REFUSALS; r++) {
		if (strcmp(refusal_name(r), name) == 0)
			return refusal_text(r);
	}
	return "";
}

static const char *explain_subscriber(const char *name)
{
	static const char *const texts[][2] = {
#define FANOUT_REFUSAL(name, group, status, text) {#name, text},
#include "wire/subscriber_refusal.def"
#undef FANOUT_REFUSAL
	};

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(texts[i][0], name) == 0)
			return texts[i][1];
	}
	return "";
}

/* An appliance of another version may have names that we cannot explain. */
static void print_refusals(FILE *to, const char *title, const json_t *refused, bool all,
	const char *(*explain)(const char *name))
{
	const char *name;
	char clean[64];
	json_t *count;
	unsigned shown = 0;

	fprintf(to, "\n%s\n", title);
	json_object_foreach ((json_t *)(uintptr_t)refused, name, count) {
		if (!all && json_integer_value(count) == 0)
			continue;
		const char *text = explain(name);
		fprintf(to, "  %-20s %12" JSON_INTEGER_FORMAT "%s%s\n",
			stats_plain(name, clean, sizeof(clean)), json_integer_value(count),
			text[0] != '\0' ? "  " : "", text);
		shown++;
	}
	if (shown == 0)
		fprintf(to, "  nothing\n");
}

static void print_channels(FILE *to, const json_t *root)
{
	static const struct stats_column channels[] = {
		{"channel", "channel", 7},
		{"name", "name", -24},
		{"parent", "parent", 6},
		{"taps", "taps", 10},
		{"total", "total", 14},
		{"score", "score", 6},
		{"intensity", "intensity", 9},
		{"surge", "surge", 5},
	};

	STATS_TABLE(to, "channels (newest window)", json_object_get(root, "channels"), channels);
}

/* How long after the end of a window its frames went out. */
static void print_delivery(FILE *to, const json_t *delivery)
{
	static const char *const rows[][2] = {
		{"first_us", "first"}, {"median_us", "median"}, {"last_us", "last"}};
	char a[64], b[64], c[64], d[64];

	if (json_object_size(delivery) == 0)
		return;
	fprintf(to, "\n%-22s %12s %12s %12s %10s\n", "frames after a window", "newest", "p50",
		"p99", "windows");
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const json_t *h = json_object_get(delivery, rows[i][0]);

		fprintf(to, "  %-20s %12s %12s %12s %10s\n", rows[i][1], stats_newest_ms(h, a),
			stats_bound_ms(h, "p50", b), stats_bound_ms(h, "p99", c),
			stats_member(h, "windows", d));
	}
}

static void print_ledger(FILE *to, const json_t *ledger)
{
	const json_t *identities = json_object_get(ledger, "identities");
	char a[64], b[64];
	const char *text;
	size_t i;
	json_t *row;

	stats_members(to, "ledger", ledger);
	json_array_foreach (identities, i, row) {
		text = json_string_value(json_object_get(row, "identity"));
		char clean[160];

		fprintf(to, "  %-5s %s   (%s, %s)\n",
			json_is_true(json_object_get(row, "holds")) ? "holds" : "FAILS",
			stats_plain(text == NULL ? "-" : text, clean, sizeof(clean)),
			stats_member(row, "left", a), stats_member(row, "right", b));
	}
	fprintf(to, "  the ledger is %sbalanced\n",
		json_is_true(json_object_get(ledger, "balanced")) ? "" : "NOT ");
}

/* Of whoever receives datagrams. */
static void print_counts(FILE *to, const json_t *root, bool all)
{
	print_ports(to, root);
	print_refusals(to, "refused", json_object_get(root, "refused"), all, explain_datagram);
	print_channels(to, root);
	stats_members(to, "answers", json_object_get(root, "answers"));
	stats_members(to, "journal", json_object_get(root, "journal"));
}

static void print_subscribers(FILE *to, const json_t *root, bool all)
{
	const json_t *fanout = json_object_get(root, "fanout");

	stats_members(to, "subscribers", fanout);
	print_delivery(to, json_object_get(root, "delivery"));
	print_refusals(to, "refused subscribers", json_object_get(fanout, "refusals"), all,
		explain_subscriber);
}

void stats_print(FILE *to, const char *json, size_t len, bool all)
{
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);

	print_head(to, root);
	stats_cluster(to, json_object_get(root, "cluster"));
	if (stats_counts(root))
		print_counts(to, root, all);
	if (stats_serves(root))
		print_subscribers(to, root, all);
	if (stats_counts(root))
		print_ledger(to, json_object_get(root, "ledger"));
	json_decref(root);
}

bool stats_has_ledger(const char *json, size_t len)
{
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
	bool has = stats_counts(root);

	json_decref(root);
	return has;
}

bool stats_has_slowest(const char *json, size_t len)
{
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
	bool has = json_is_array(json_object_get(root, "slowest"));

	json_decref(root);
	return has;
}

void stats_print_slowest(FILE *to, const char *json, size_t len)
{
	static const struct stats_column columns[] = {
		{"address", "address", -46},
		{"protocol", "protocol", -9},
		{"blocked_s", "blocked s", 9},
		{"frames_skipped", "skipped", 10},
		{"kernel_bytes", "kernel bytes", 12},
	};
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *slowest = json_object_get(root, "slowest");

	STATS_TABLE(to, "subscribers that take nothing now", slowest, columns);
	if (!json_is_true(json_object_get(root, "complete")))
		fprintf(to, "not every thread of the fan-out has answered\n");
	else if (json_array_size(slowest) == 0)
		fprintf(to, "every subscriber takes what it gets\n");
	json_decref(root);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/stats_tables.h"

#include "wire/refusal.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

struct column {
	const char *member;
	const char *title;
	int width; // negative: to the left
};

/* The answer is a stranger's: nothing in it may move the cursor. */
static const char *plain(const char *text, char *out, size_t cap)
{
	size_t n = 0;

	for (; *text != '\0' && n + 1 < cap; text++)
		out[n++] = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;
	out[n] = '\0';
	return out;
}

/* Any value in words; '-' for none. */
static const char *words(const json_t *value, char out[64])
{
	if (json_is_integer(value))
		snprintf(out, 64, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		snprintf(out, 64, "%.2f", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(out, 64, "%s", json_is_true(value) ? "yes" : "no");
	else if (json_is_string(value))
		plain(json_string_value(value), out, 64);
	else
		snprintf(out, 64, "-");
	return out;
}

static const char *member(const json_t *object, const char *name, char out[64])
{
	return words(json_object_get(object, name), out);
}

static void print_table(
	FILE *to, const char *title, const json_t *rows, const struct column *columns, unsigned n)
{
	char text[64];
	size_t i;
	json_t *row;

	if (json_array_size(rows) == 0)
		return;
	fprintf(to, "\n%s\n", title);
	for (unsigned c = 0; c < n; c++)
		fprintf(to, "  %*s", columns[c].width, columns[c].title);
	fputc('\n', to);
	json_array_foreach (rows, i, row) {
		for (unsigned c = 0; c < n; c++)
			fprintf(to, "  %*s", columns[c].width,
				member(row, columns[c].member, text));
		fputc('\n', to);
	}
}

#define PRINT_TABLE(to, title, rows, columns) \
	print_table(to, title, rows, columns, sizeof(columns) / sizeof((columns)[0]))

static void print_head(FILE *to, const json_t *root)
{
	const json_t *arena = json_object_get(root, "arena"), *w = json_object_get(root, "window");
	const json_t *late = json_object_get(w, "late_us");
	char a[64], b[64], c[64], d[64];

	fprintf(to, "uproard %s, '%s', process %s, up %s s\n", member(root, "version", a),
		member(root, "name", b), member(root, "pid", c), member(root, "uptime_s", d));
	fprintf(to, "arena   %s, hugepages %s, generation %s\n", member(arena, "path", a),
		member(arena, "hugepages", b), member(arena, "generation", c));
	fprintf(to, "window  %s of %s ms, ended %s, late by %s us", member(w, "number", a),
		member(w, "last_length_ms", b), member(w, "ends", c), member(late, "newest", d));
	fprintf(to, "; of %s windows 99 %% by at most %s us\n", member(late, "windows", a),
		member(late, "p99", b));
}

static void print_ports(FILE *to, const json_t *root)
{
	static const struct column ports[] = {
		{"device", "device", -24},
		{"driver", "driver", -12},
		{"local", "local", 5},
		{"offered", "offered", 12},
		{"rx", "rx", 12},
		{"imissed", "missed", 10},
		{"nombuf", "nombuf", 10},
	};
	static const struct column exceptions[] = {
		{"port", "port", 4},
		{"interface", "interface", -15},
		{"driver", "driver", -16},
		{"delivered", "to kernel", 12},
		{"kernel_full", "lost", 10},
		{"taken", "from kernel", 12},
		{"returned", "sent", 12},
		{"return_full", "lost", 10},
	};
	static const struct column workers[] = {
		{"worker", "worker", 6},
		{"lcore", "lcore", 5},
		{"port", "port", 4},
		{"queue", "queue", 5},
		{"rx", "rx", 12},
		{"accepted", "accepted", 12},
		{"refused", "refused", 12},
		{"taps", "taps", 12},
	};
	static const struct column last_window[] = {
		{"worker", "worker", 6},
		{"window_rx", "rx", 12},
		{"share_percent", "share %", 7},
		{"busy_percent", "busy %", 6},
		{"ticks_per_datagram", "ticks/datagram", 14},
		{"mean_burst", "mean burst", 10},
	};

	PRINT_TABLE(to, "ports", json_object_get(root, "ports"), ports);
	if (json_array_size(json_object_get(root, "exceptions")) > 0)
		PRINT_TABLE(to, "exception ports, frames since this process started",
			json_object_get(root, "exceptions"), exceptions);
	PRINT_TABLE(to, "workers", json_object_get(root, "workers"), workers);
	PRINT_TABLE(
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
			plain(name, clean, sizeof(clean)), json_integer_value(count),
			text[0] != '\0' ? "  " : "", text);
		shown++;
	}
	if (shown == 0)
		fprintf(to, "  nothing\n");
}

static void print_channels(FILE *to, const json_t *root)
{
	static const struct column channels[] = {
		{"channel", "channel", 7},
		{"name", "name", -24},
		{"parent", "parent", 6},
		{"taps", "taps", 10},
		{"total", "total", 14},
		{"score", "score", 6},
		{"intensity", "intensity", 9},
		{"surge", "surge", 5},
	};

	PRINT_TABLE(to, "channels (newest window)", json_object_get(root, "channels"), channels);
}

/* The members of an object as "name value" lines. */
static void print_members(FILE *to, const char *title, const json_t *object)
{
	const char *name;
	char clean[64], value[64];
	json_t *v;

	if (json_object_size(object) == 0)
		return;
	fprintf(to, "\n%s\n", title);
	json_object_foreach ((json_t *)(uintptr_t)object, name, v) {
		if (json_is_array(v) || json_is_object(v) || json_is_boolean(v))
			continue;
		fprintf(to, "  %-20s %14s\n", plain(name, clean, sizeof(clean)), words(v, value));
	}
}

/* How long after the end of a window its frames went out, in microseconds. */
static void print_delivery(FILE *to, const json_t *delivery)
{
	static const char *const rows[][2] = {
		{"first_us", "first"}, {"median_us", "median"}, {"last_us", "last"}};
	char a[64], b[64], c[64], d[64];

	if (json_object_size(delivery) == 0)
		return;
	fprintf(to, "\n%-22s %10s %10s %10s %10s\n", "after a window, us", "newest", "p50", "p99",
		"windows");
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const json_t *h = json_object_get(delivery, rows[i][0]);

		fprintf(to, "  %-20s %10s %10s %10s %10s\n", rows[i][1], member(h, "newest", a),
			member(h, "p50", b), member(h, "p99", c), member(h, "windows", d));
	}
}

static void print_ledger(FILE *to, const json_t *ledger)
{
	const json_t *identities = json_object_get(ledger, "identities");
	char a[64], b[64];
	const char *text;
	size_t i;
	json_t *row;

	print_members(to, "ledger", ledger);
	json_array_foreach (identities, i, row) {
		text = json_string_value(json_object_get(row, "identity"));
		char clean[160];

		fprintf(to, "  %-5s %s   (%s, %s)\n",
			json_is_true(json_object_get(row, "holds")) ? "holds" : "FAILS",
			plain(text == NULL ? "-" : text, clean, sizeof(clean)),
			member(row, "left", a), member(row, "right", b));
	}
	fprintf(to, "  the ledger is %sbalanced\n",
		json_is_true(json_object_get(ledger, "balanced")) ? "" : "NOT ");
}

void stats_print(FILE *to, const char *json, size_t len, bool all)
{
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);

	print_head(to, root);
	print_ports(to, root);
	print_refusals(to, "refused", json_object_get(root, "refused"), all, explain_datagram);
	print_channels(to, root);
	print_members(to, "answers", json_object_get(root, "answers"));
	print_members(to, "journal", json_object_get(root, "journal"));
	print_members(to, "subscribers", json_object_get(root, "fanout"));
	print_delivery(to, json_object_get(root, "delivery"));
	print_refusals(to, "refused subscribers",
		json_object_get(json_object_get(root, "fanout"), "refusals"), all,
		explain_subscriber);
	print_ledger(to, json_object_get(root, "ledger"));
	json_decref(root);
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
	static const struct column columns[] = {
		{"address", "address", -46},
		{"protocol", "protocol", -9},
		{"blocked_s", "blocked s", 9},
		{"frames_skipped", "skipped", 10},
		{"kernel_bytes", "kernel bytes", 12},
	};
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *slowest = json_object_get(root, "slowest");

	PRINT_TABLE(to, "subscribers that take nothing now", slowest, columns);
	if (!json_is_true(json_object_get(root, "complete")))
		fprintf(to, "not every thread of the fan-out has answered\n");
	else if (json_array_size(slowest) == 0)
		fprintf(to, "every subscriber takes what it gets\n");
	json_decref(root);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/stats_screen.h"

#include "client/printable.h"
#include "client/short_number.h"
#include "client/stats_cluster.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { REFUSALS_SHOWN = 8, CHANNELS_SHOWN = 12, CELL = 8, PATH = 96 };

static const char bold[] = "1", dim[] = "2", alarm_style[] = "1;31", good[] = "32", plain[] = "0";

/* One element of a list in the statistics. */
struct element {
	const struct stats_samples *s;
	const char *list;
	size_t i;
};

static double rate_of(struct element e, const char *member)
{
	char path[PATH];

	snprintf(path, sizeof(path), "%s[%zu].%s", e.list, e.i, member);
	return stats_rate(e.s, path);
}

static double number_of(struct element e, const char *member)
{
	return json_number_value(stats_at(e.s->now, "%s[%zu].%s", e.list, e.i, member));
}

static bool is_true(struct element e, const char *member)
{
	return json_is_true(stats_at(e.s->now, "%s[%zu].%s", e.list, e.i, member));
}

static bool is_number(struct element e, const char *member)
{
	return json_is_number(stats_at(e.s->now, "%s[%zu].%s", e.list, e.i, member));
}

static const char *text_of(struct element e, const char *member, char out[64])
{
	char path[PATH];

	snprintf(path, sizeof(path), "%s[%zu].%s", e.list, e.i, member);
	return stats_text(e.s, path, out);
}

static size_t size_of(const struct stats_samples *s, const char *list)
{
	return json_array_size(json_object_get(s->now, list));
}

static void styled_line(struct screen *screen, const char *style, const char *text)
{
	screen_style(screen, style);
	screen_put(screen, "%s", text);
	screen_end_line(screen);
}

static void title(struct screen *screen, const char *text)
{
	screen_end_line(screen);
	styled_line(screen, bold, text);
}

static void cell(struct screen *screen, double x)
{
	char text[16];

	screen_put(screen, " %*s", CELL, short_number(x, text));
}

static void named(struct screen *screen, const char *name, double x)
{
	char text[16];

	screen_put(screen, "%s %s  ", name, short_number(x, text));
}

static void draw_health(struct screen *screen, const struct stats_samples *s, const char *trouble)
{
	bool counts = stats_counts(s->now);

	if (trouble[0] == '\0' && counts && !json_is_true(stats_at(s->now, "ledger.balanced")))
		trouble = "ledger NOT balanced";
	screen_style(screen, trouble[0] == '\0' ? good : alarm_style);
	screen_put(screen, "%s", trouble[0] != '\0' ? trouble : counts ? "ledger balanced" : "");
	screen_end_line(screen);
}

static void draw_head(struct screen *screen, const struct stats_samples *s, const char *trouble)
{
	uint64_t up = (uint64_t)stats_number(s, "uptime_s");
	char name[64], version[64];

	screen_style(screen, bold);
	screen_put(screen, "uproard %s '%s'", stats_text(s, "version", version),
		stats_text(s, "name", name));
	screen_style(screen, plain);
	screen_put(screen, "  up %" PRIu64 ":%02" PRIu64 ":%02" PRIu64, up / 3600, up / 60 % 60,
		up % 60);
	if (stats_counts(s->now))
		screen_put(screen, "  window %.0f, late %.0f ms  ",
			stats_number(s, "window.number"), stats_number(s, "window.late_ms"));
	draw_health(screen, s, trouble);
}

static void draw_complaint(struct screen *screen, const struct stats_samples *s, const char *part)
{
	if (json_string_length(stats_at(s->now, "cluster.%s.complaint", part)) == 0)
		return;
	screen_style(screen, alarm_style);
	screen_put(screen, "COMPLAINT of the %s (`uproar stats` says why)", part);
	screen_end_line(screen);
}

static void draw_complaints(struct screen *screen, const struct stats_samples *s)
{
	draw_complaint(screen, s, "publisher");
	draw_complaint(screen, s, "merger");
	draw_complaint(screen, s, "follower");
}

static void draw_port(struct screen *screen, struct element e)
{
	double missed = rate_of(e, "imissed"), nombuf = rate_of(e, "nombuf");
	char device[64];

	screen_put_padded(screen, text_of(e, "device", device), 25);
	if (is_number(e, "offered"))
		cell(screen, rate_of(e, "offered"));
	else // the device does not tell
		screen_put(screen, " %*s", CELL, "-");
	cell(screen, rate_of(e, "rx"));
	screen_style(screen, missed + nombuf > 0 ? alarm_style : plain);
	cell(screen, missed);
	cell(screen, nombuf);
	screen_style(screen, is_true(e, "link_up") ? plain : alarm_style);
	screen_put(screen, "  %s", is_true(e, "link_up") ? "up" : "DOWN");
	screen_end_line(screen);
}

static void draw_ports(struct screen *screen, const struct stats_samples *s)
{
	title(screen, "Ports, frames a second");
	styled_line(
		screen, dim, "device                     offered       rx   missed nobuffer  link");
	for (size_t i = 0; i < size_of(s, "ports"); i++)
		draw_port(screen, (struct element){s, "ports", i});
}

/* A worker's time between the two samples. */
static void draw_worker(struct screen *screen, struct element e)
{
	double frames = rate_of(e, "rx"), bursts = rate_of(e, "bursts"),
	       busy = rate_of(e, "ticks_busy"), all = rate_of(e, "ticks_all");

	screen_put(screen, "%6.0f %4.0f %4.0f:%-5.0f %7.3f", number_of(e, "worker"),
		number_of(e, "lcore"), number_of(e, "port"), number_of(e, "queue"), frames / 1e6);
	screen_style(screen, busy > 0.9 * all && busy > 0 ? alarm_style : plain);
	screen_put(screen, " %7.1f", all > 0 ? 100 * busy / all : 0);
	screen_style(screen, plain);
	cell(screen, frames > 0 ? busy / frames : 0);
	cell(screen, bursts > 0 ? frames / bursts : 0);
	cell(screen, rate_of(e, "taps"));
	cell(screen, rate_of(e, "naps"));
	if (!is_true(e, "responds")) {
		screen_style(screen, alarm_style);
		screen_put(screen, " HANGS");
	}
	screen_end_line(screen);
}

static void draw_workers(struct screen *screen, const struct stats_samples *s)
{
	title(screen, "Workers");
	styled_line(screen, dim,
		"worker  cpu port:queue    Mpps  busy % ticks/dg    burst   taps/s   naps/s");
	for (size_t i = 0; i < size_of(s, "workers"); i++)
		draw_worker(screen, (struct element){s, "workers", i});
}

static void draw_journal(struct screen *screen, const struct stats_samples *s)
{
	char file[64], error[64];

	if (!json_is_string(stats_at(s->now, "journal.file")))
		return;
	title(screen, "Journal");
	screen_put(screen, "%s  window %.0f, %.0f behind  ", stats_text(s, "journal.file", file),
		stats_number(s, "journal.window"), stats_number(s, "journal.lag_windows"));
	if (json_string_length(stats_at(s->now, "journal.error")) > 0) {
		screen_style(screen, alarm_style);
		screen_put(screen, "%s", stats_text(s, "journal.error", error));
	}
	screen_end_line(screen);
}

static void draw_counts(struct screen *screen, const struct stats_samples *s)
{
	title(screen, "Counted, a second");
	named(screen, "taps", stats_rate(s, "ledger.taps_counted"));
	named(screen, "datagrams", stats_rate(s, "ledger.accepted"));
	named(screen, "duplicate", stats_rate(s, "ledger.batches_duplicate"));
	named(screen, "stale", stats_rate(s, "ledger.batches_stale"));
	named(screen, "limited", stats_rate(s, "ledger.batches_limited"));
	screen_end_line(screen);
	named(screen, "sessions begun", stats_rate(s, "ledger.sessions_begun"));
	named(screen, "displaced", stats_rate(s, "ledger.sessions_displaced"));
	named(screen, "answers", stats_rate(s, "answers.sent"));
	named(screen, "unanswered",
		stats_rate(s, "answers.limited") + stats_rate(s, "answers.dropped"));
	screen_end_line(screen);
}

static void draw_refusal(
	struct screen *screen, const struct stats_samples *s, const char *name, double in_all)
{
	char path[PATH], text[16];

	snprintf(path, sizeof(path), "refused.%.60s", name);
	screen_put_padded(screen, name, 20);
	cell(screen, stats_rate(s, path));
	screen_put(screen, " %9s", short_number(in_all, text));
	screen_end_line(screen);
}

static void draw_refusals(struct screen *screen, const struct stats_samples *s)
{
	const char *name;
	json_t *count;
	unsigned shown = 0;

	json_object_foreach (json_object_get(s->now, "refused"), name, count) {
		if (json_integer_value(count) == 0 || !printable(name, strlen(name)))
			continue;
		if (shown == REFUSALS_SHOWN)
			break;
		if (shown++ == 0) {
			title(screen, "Refused");
			styled_line(screen, dim, "reason               a second    in all");
		}
		draw_refusal(screen, s, name, json_number_value(count));
	}
}

static void draw_subscribers(struct screen *screen, const struct stats_samples *s)
{
	static const char *const kinds[] = {"tcp", "websocket", "sse", "mqtt", "http", "tls"};

	title(screen, "Subscribers");
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		named(screen, kinds[i], json_number_value(stats_at(s->now, "fanout.%s", kinds[i])));
	screen_end_line(screen);
	named(screen, "frames/s", stats_rate(s, "fanout.frames_sent"));
	named(screen, "skipped/s", stats_rate(s, "fanout.frames_skipped"));
	named(screen, "bytes/s", stats_rate(s, "fanout.bytes_sent"));
	named(screen, "accepted/s", stats_rate(s, "fanout.accepted"));
	named(screen, "refused/s", stats_rate(s, "fanout.refused"));
	screen_end_line(screen);
	screen_put(screen, "after a window, p99: first %.1f ms, median %.1f ms, last %.1f ms",
		stats_number(s, "delivery.first_us.p99") / 1e3,
		stats_number(s, "delivery.median_us.p99") / 1e3,
		stats_number(s, "delivery.last_us.p99") / 1e3);
	screen_end_line(screen);
}

static void draw_channel(struct screen *screen, struct element e)
{
	double seconds = stats_number(e.s, "window.length_ms") / 1e3;
	char name[64];

	screen_put(screen, "%7.0f ", number_of(e, "channel"));
	screen_put_padded(screen, text_of(e, "name", name), 22);
	cell(screen, seconds > 0 ? number_of(e, "taps") / seconds : 0);
	cell(screen, number_of(e, "total"));
	screen_put(screen, " %+7.2f %9.2f %+8.2f", number_of(e, "score"), number_of(e, "intensity"),
		number_of(e, "momentum"));
	if (is_true(e, "surge")) {
		screen_style(screen, bold);
		screen_put(screen, "  SURGE");
	}
	screen_end_line(screen);
}

static void draw_channels(struct screen *screen, const struct stats_samples *s)
{
	size_t n = size_of(s, "channels"), i;

	title(screen, "Channels");
	styled_line(screen, dim,
		"channel name                     taps/s    total   score intensity momentum");
	for (i = 0; i < n && i < CHANNELS_SHOWN && screen_has_room(screen, n - i > 1 ? 2 : 1); i++)
		draw_channel(screen, (struct element){s, "channels", i});
	if (i < n) {
		screen_put(screen, "%zu more: `uproar stats`", n - i);
		screen_end_line(screen);
	}
}

static bool has_part(const struct stats_samples *s, const char *part)
{
	return json_is_object(stats_at(s->now, "cluster.%s", part));
}

static void draw_follower(struct screen *screen, const struct stats_samples *s)
{
	const char age[] = "cluster.follower.frame_age_s";

	named(screen, "frames/s", stats_rate(s, "cluster.follower.frames"));
	named(screen, "channels", stats_number(s, "cluster.follower.channels"));
	if (json_is_number(stats_at(s->now, "%s", age)))
		screen_put(screen, "newest frame %.1f s old", stats_number(s, age));
	else
		screen_put(screen, "no frame yet");
	screen_end_line(screen);
}

/* The three parts of a node, as far as it has them. */
static void draw_cluster(struct screen *screen, const struct stats_samples *s)
{
	if (!json_is_object(stats_at(s->now, "cluster")))
		return;
	title(screen, "Cluster");
	if (has_part(s, "publisher")) {
		named(screen, "tallies/s", stats_rate(s, "cluster.publisher.records"));
		named(screen, "channels to publish",
			stats_number(s, "cluster.publisher.marked_rows"));
		screen_end_line(screen);
	}
	if (has_part(s, "merger")) {
		named(screen, "partitions", stats_number(s, "cluster.merger.partitions"));
		named(screen, "records late", stats_number(s, "cluster.merger.late"));
		screen_end_line(screen);
	}
	if (has_part(s, "follower"))
		draw_follower(screen, s);
}

static void draw_counting(struct screen *screen, const struct stats_samples *s)
{
	if (!stats_counts(s->now))
		return;
	draw_ports(screen, s);
	draw_workers(screen, s);
	draw_counts(screen, s);
	draw_refusals(screen, s);
}

void stats_screen_draw(struct screen *screen, const struct stats_samples *s, const char *trouble)
{
	screen_begin(screen);
	draw_head(screen, s, trouble);
	draw_complaints(screen, s);
	draw_counting(screen, s);
	draw_cluster(screen, s);
	if (stats_serves(s->now))
		draw_subscribers(screen, s);
	draw_journal(screen, s);
	if (stats_counts(s->now))
		draw_channels(screen, s);
	screen_draw(screen);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Metrics as Prometheus reads them, and where they may be read.
 */

#include "control/metrics.h"
#include "yaml_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

Test(control_metrics, a_family_has_one_head_and_whole_numbers_keep_their_digits)
{
	struct metrics m;

	metrics_begin(&m);
	metrics_count(&m, METRIC_port_missed, UINT64_MAX, "port=\"%u\"", 0);
	metrics_count(&m, METRIC_port_missed, 5, "port=\"%u\"", 1);
	metrics_gauge(&m, METRIC_window_taps, 9007199254740991.0, "%s", "");
	metrics_gauge(&m, METRIC_channel_score, -0.25, "channel=\"%u\"", 7);
	cr_expect_not(m.failed);
	cr_expect_str_eq(m.text,
		"# HELP uproar_port_missed_frames_total Frames lost because the queue was full\n"
		"# TYPE uproar_port_missed_frames_total counter\n"
		"uproar_port_missed_frames_total{port=\"0\"} 18446744073709551615\n"
		"uproar_port_missed_frames_total{port=\"1\"} 5\n"
		"# HELP uproar_window_taps Taps in the last window, all channels\n"
		"# TYPE uproar_window_taps gauge\n"
		"uproar_window_taps 9007199254740991\n"
		"# HELP uproar_channel_score Score of the last window, -1 to 1\n"
		"# TYPE uproar_channel_score gauge\n"
		"uproar_channel_score{channel=\"7\"} -0.25\n");
	free(m.text);
}

Test(control_metrics, classes_of_a_histogram_hold_those_below)
{
	struct histogram h = {0};
	struct metrics m;

	histogram_add(&h, 1000000);
	histogram_add(&h, 1000001000);
	histogram_add(&h, UINT64_MAX / 2);
	metrics_begin(&m);
	metrics_histogram(&m, METRIC_delivery, &h, "frame=\"first\"");
	cr_expect_neq(strstr(m.text, "# TYPE uproar_delivery_seconds histogram\n"), NULL);
	cr_expect_neq(strstr(m.text, "{frame=\"first\",le=\"0.001\"} 1\n"), NULL, "%s", m.text);
	cr_expect_neq(strstr(m.text, "{frame=\"first\",le=\"+Inf\"} 3\n"), NULL, "%s", m.text);
	cr_expect_neq(strstr(m.text, "uproar_delivery_seconds_count{frame=\"first\"} 3\n"), NULL);
	free(m.text);
}

Test(control_metrics, labels_are_escaped_and_cut)
{
	char out[12];

	cr_expect_str_eq(metrics_label("a\"b\\c\n", out, sizeof(out)), "a\\\"b\\\\c\\n");
	cr_expect_str_eq(
		metrics_label("\"\"\"\"\"\"\"\"", out, sizeof(out)), "\\\"\\\"\\\"\\\"\\\"");
}

Test(control_metrics, thousands_of_channels_fit)
{
	struct metrics m;

	metrics_begin(&m);
	for (unsigned i = 0; i < 65535; i++)
		metrics_count(&m, METRIC_channel_taps, i, "channel=\"%u\"", i);
	cr_expect_not(m.failed);
	cr_expect_neq(strstr(m.text, "{channel=\"65534\"} 65534\n"), NULL);
	free(m.text);
}

static char error[1024];

Test(control_metrics, they_are_read_on_loopback_by_default_and_can_be_switched_off)
{
	struct config c;

	cr_assert_eq(load_text(&c, "", error, sizeof(error)), 0, "%s", error);
	cr_expect_eq(c.metrics.address.ss_family, AF_INET);
	config_free(&c);
	cr_assert_eq(load_text(&c, "metrics: {listen: \"\"}\n", error, sizeof(error)), 0);
	cr_expect_eq(c.metrics.len, 0);
	config_free(&c);
	cr_assert_eq(
		load_text(&c, "metrics: {listen: \"unix:/run/m\"}\n", error, sizeof(error)), 0);
	cr_expect_eq(c.metrics.address.ss_family, AF_UNIX);
	config_free(&c);
	cr_assert_eq(load_text(&c, "metrics: {listen: \"[::1]:7790\"}\n", error, sizeof(error)), 0);
	cr_expect_eq(c.metrics.address.ss_family, AF_INET6);
	config_free(&c);
}

Test(control_metrics, strangers_do_not_read_them)
{
	static const struct {
		const char *listen, *says;
	} rows[] = {
		{"0.0.0.0:7790", "no address of the loopback"},
		{"[::]:7790", "no address of the loopback"},
		{"192.0.2.1:7790", "no address of the loopback"},
		{"[::ffff:127.0.0.1]:7790", "no address of the loopback"},
		{"127.0.0.1", "no address: write"},
		{"localhost:7790", "no address: write"},
		{"unix:run/m", "no absolute path"},
		{"unix:", "no absolute path"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[128];
		struct config c;

		snprintf(text, sizeof(text), "metrics:\n  listen: \"%s\"\n", rows[i].listen);
		cr_expect_eq(load_text(&c, text, error, sizeof(error)), -EINVAL, "%s", text);
		cr_expect_neq(strstr(error, rows[i].says), NULL, "%s", error);
		cr_expect_neq(strstr(error, "line 2"), NULL, "%s", error);
	}
}

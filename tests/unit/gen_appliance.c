/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What an appliance says it took is read from either of its answers; anything else is refused. */

#include "client/gen/appliance.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static const char stats[] =
	"{\"pid\": 77, \"ledger\": {\"offered\": null, \"rx\": 1000, \"imissed\": 5, "
	"\"nombuf\": 2, \"accepted\": 900, \"refused\": 100, "
	"\"taps_counted\": 1234, \"balanced\": true}}";

static const char metrics[] = "# HELP uproar_worker_frames_total Frames\n"
			      "# TYPE uproar_worker_frames_total counter\n"
			      "uproar_port_received_frames_total{port=\"0\"} 9\n"
			      "uproar_port_missed_frames_total{port=\"0\"} 3\n"
			      "uproar_port_missed_frames_total{port=\"1\"} 2\n"
			      "uproar_port_no_buffer_frames_total{port=\"0\"} 2\n"
			      "uproar_worker_frames_total{worker=\"0\"} 400\n"
			      "uproar_worker_frames_total{worker=\"1\"} 600\n"
			      "uproar_worker_frames_totally{worker=\"1\"} 7\n"
			      "uproar_datagrams_accepted_total 900\n"
			      "uproar_datagrams_refused_total{reason=\"ether_short\"} 40\n"
			      "uproar_datagrams_refused_total{reason=\"magic\"} 60\n"
			      "uproar_taps_counted_total 1234";

static void expect_counts(const struct appliance_counts *c)
{
	cr_expect_eq(c->rx, 1000);
	cr_expect_eq(c->missed, 5);
	cr_expect_eq(c->no_buffer, 2);
	cr_expect_eq(c->accepted, 900);
	cr_expect_eq(c->refused, 100);
	cr_expect_eq(c->taps, 1234);
}

Test(gen_appliance, both_answers_say_the_same)
{
	struct appliance_counts c;

	cr_assert_eq(appliance_read_stats(stats, strlen(stats), &c), 0);
	expect_counts(&c);
	cr_expect_eq(c.pid, 77);
	cr_assert_eq(appliance_read_metrics(metrics, strlen(metrics), &c), 0);
	expect_counts(&c);
	cr_expect_eq(c.pid, 0);
}

Test(gen_appliance, other_answers_are_refused)
{
	struct appliance_counts c;

	for (const char **t = (const char *[]){"", "{}", "[]", "{\"ledger\": 1}",
		     "{\"ledger\": {\"rx\": \"1\"}}", "no JSON", NULL};
		*t != NULL; t++)
		cr_expect_eq(appliance_read_stats(*t, strlen(*t), &c), -EINVAL, "%s", *t);
	for (const char **t = (const char *[]){"", "\n\n", "up 1\n", "uproar_worker_frames_total\n",
		     "uproar_taps_counted_total 1\n", NULL};
		*t != NULL; t++)
		cr_expect_eq(appliance_read_metrics(*t, strlen(*t), &c), -EINVAL, "%s", *t);
}

Test(gen_appliance, strange_numbers_are_none)
{
	static const char text[] = "uproar_worker_frames_total{worker=\"0\"} -5\n"
				   "uproar_worker_frames_total{worker=\"1\"} NaN\n"
				   "uproar_worker_frames_total{worker=\"2\"} 1e300\n"
				   "uproar_worker_frames_total{worker=\"3\"} 8\n";
	struct appliance_counts c;

	cr_assert_eq(appliance_read_metrics(text, strlen(text), &c), 0);
	cr_expect_eq(c.rx, 8);
}

Test(gen_appliance, a_process_that_began_again_has_taken_nothing_before)
{
	const struct appliance_counts before = {.rx = 100, .accepted = 90, .missed = 3},
				      now = {.rx = 150, .accepted = 20, .missed = 3};
	struct appliance_counts c = appliance_since(&before, &now);

	cr_expect(c.rx == 50 && c.accepted == 0 && c.missed == 0);
}

Test(gen_appliance, a_url_has_a_host_and_may_have_a_path)
{
	struct appliance a = {0};

	cr_assert_eq(appliance_parse_url("http://10.0.0.7:7790/metrics", &a), 0);
	cr_expect(a.by == APPLIANCE_METRICS && a.metrics.port == 7790);
	cr_expect_str_eq(a.metrics.host, "10.0.0.7");
	cr_expect_str_eq(a.metrics_path, "/metrics");
	cr_assert_eq(appliance_parse_url("http://[::1]", &a), 0);
	cr_expect(a.metrics.port == 7790 && strcmp(a.metrics_path, "/metrics") == 0);
	cr_assert_eq(appliance_parse_url("http://box/uproar/metrics", &a), 0);
	cr_expect_str_eq(a.metrics_path, "/uproar/metrics");
	for (const char **t = (const char *[]){"", "https://box/metrics", "box:7790", "http://",
		     "http://box:x/", "http://box/a b", NULL};
		*t != NULL; t++)
		cr_expect_eq(appliance_parse_url(*t, &a), -EINVAL, "%s", *t);
}

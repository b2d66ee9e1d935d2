/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The appliance itself, as users run it: frames come when its windows end, so caches are as cold as
 * they will be. Nobody taps, for what is measured is the way of a frame: times begin at the end of
 * its window.
 */

#include "perf/fanout/trial.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	EMPTY_FRAME = 41, // bytes of a frame without entries
	FRAMES = 20,      // of short windows; of long ones as many as have time
	PATIENCE_SECONDS = 5,
};

static void configure(FILE *to, const struct server_place *p)
{
	fprintf(to,
		"name: bench-%u\n"
		"ports: [{device: \"net_null0,no-rx=1\", queues: 1}]\n"
		"cores: [%u]\n"
		"idle_latency_us: 1000\n"
		"listen: {tcp: [\"127.0.0.1:%u\"], http: [], mqtt: []}\n"
		"metrics: {listen: \"\"}\n"
		"window_ms: %s\n"
		"fanout: {max_connections: %u, drain_seconds: 0}\n"
		"plain_text: {enabled: false}\n"
		"channels: [{id: 1, name: bench}]\n",
		p->port, p->cpu, p->port, p->window_word, p->subscribers + 100);
}

static void arguments(const struct server_place *place, const char *argv[SERVER_ARGUMENTS_MAX])
{
	argv[1] = "--temporary-arena";
	argv[2] = place->config;
}

static const struct server_kind server_uproard = {
	.program = "../control/uproard",
	.ours = true,
	.gently = true,
	.configure = configure,
	.arguments = arguments,
	.poke = "?\n",
	.poke_len = 2,
};

static const struct contestant appliance = {
	.name = APPLIANCE_NAME, .dialogue = DIALOGUE_TCP, .server = &server_uproard, .real = true};

/* Nanoseconds to add to arrivals_now() for the Unix time. */
static int64_t clock_offset(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec - (int64_t)arrivals_now();
}

/* Windows end at multiples of their length. */
static double since_end_ms(uint64_t at, unsigned window_ms, int64_t offset)
{
	return (double)(((int64_t)at + offset) % ((int64_t)window_ms * 1000000)) / 1e6;
}

static void add_frame(struct fanout_row *row, const struct runner *r, uint32_t window)
{
	const uint64_t *at = arrivals_of(r->arrivals, window);
	uint32_t n = r->arrivals->awaited;
	double first = since_end_ms(at[0], row->window_ms, clock_offset());

	row_add(row, M_FIRST, first);
	row_add(row, M_MEDIAN, first + (double)(at[n / 2] - at[0]) / 1e6);
	row_add(row, M_P99, first + (double)(at[(uint64_t)n * 99 / 100] - at[0]) / 1e6);
	row_add(row, M_LAST, first + (double)(at[n - 1] - at[0]) / 1e6);
	row_add(row, M_SKEW, (double)(at[n - 1] - at[0]) / 1e6);
}

/* Places far ahead are emptied; the first windows found a place with what came while joining. */
static void take_frames(struct fanout_row *row, struct runner *r, unsigned frames)
{
	uint32_t window = r->arrivals->newest + 2;

	for (uint32_t i = 1; i < 5; i++)
		arrivals_empty(r->arrivals, window - 1 + i);
	for (unsigned i = 0; i < frames; i++, window++) {
		if (arrivals_await(r->arrivals, window, PATIENCE_SECONDS))
			add_frame(row, r, window);
		arrivals_empty(r->arrivals, window + 4);
	}
}

static bool place_it(const struct trial_plan *plan, unsigned window_ms, struct server_place *place)
{
	*place = (struct server_place){.subscribers = plan->subscribers, .cpu = plan->cpus.server};
	snprintf(place->folder, sizeof(place->folder), "%s/appliance", plan->folder);
	snprintf(place->window_word, sizeof(place->window_word), "%u", window_ms);
	return mkdir(place->folder, 0755) == 0 || errno == EEXIST;
}

void appliance_run(struct fanout_report *report, const struct trial_plan *plan, unsigned window_ms)
{
	struct fanout_row *row =
		report_row_of(report, appliance.name, plan->subscribers, window_ms);
	unsigned frames = window_ms < 1000 ? FRAMES : plan->paused_frames;
	const char *lacks = server_lacks(&server_uproard);
	struct server_place place;
	struct runner runner;
	struct joining j;

	if (lacks != NULL) {
		row_skip(row, "%s", lacks);
		return;
	}
	int ret = place_it(plan, window_ms, &place) ? 0 : -errno;
	if (ret == 0)
		ret = runner_start(&runner, &appliance, &place, plan->subscribers, EMPTY_FRAME,
			plan->cpus, &j);
	if (ret < 0) {
		row_skip(row, "it did not start: %s", strerror(-ret));
		return;
	}
	take_frames(row, &runner, frames);
	double seconds = server_restart(&runner.server);
	if (seconds >= 0)
		row_add(row, M_RESTART, seconds * 1e3);
	if (!row_has(row, M_FIRST))
		row_skip(row, "no frame reached all");
	runner_stop(&runner);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * `./dev bench answers`: what it costs to bring a frame to a viewer, as an answer over memif and by
 * send() over TCP, sample by sample in turn. docs/performance.md says how to read the figures.
 */

#include "perf/answers.h"
#include "client/device/machine.h"
#include "perf/figures.h"
#include "wire/frame.h"

#include <rte_cycles.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
	SAMPLES = 10, // of each way, a round
	TRIES = 40,   // for them, a round
	ENOUGH = 15,  // undisturbed samples of a way
};

static const double sample_seconds = 0.001;

struct results {
	struct figures ticks[WAYS]; // a datagram, or an answer
	struct figures rate;        // answers a second
	struct figures idle;        // share of that time
	struct figures burst;
	struct figures send_ns;
	unsigned aside; // samples of the worker in which it lost its CPU, or nothing came
	long switches;  // involuntary ones
};

size_t answers_frame(uint16_t channel, uint8_t out[WIRE_FRAME_MAX])
{
	struct frame f = {.channel = channel, .window = 1, .n = WIRE_FRAME_ENTRIES_MAX};

	for (uint8_t i = 0; i < f.n; i++)
		f.entries[i] = (struct frame_entry){.reaction = i, .share = 312, .count = 1000};
	return frame_encode(&f, out);
}

static long switches(void)
{
	struct rusage usage = {0};

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

/* Ticks are those of turns that brought something, as the worker's own busy time is. */
static void keep(struct results *r, enum answers_way way, const struct answers_sample *s)
{
	double done = (double)(way == WAY_ANSWER ? s->answers : s->frames);

	figures_add(&r->ticks[way], (double)(s->ticks - s->idle_ticks) / done);
	if (way != WAY_ANSWER)
		return;
	figures_add(&r->rate, done / (double)s->ticks * (double)rte_get_tsc_hz());
	figures_add(&r->idle, (double)s->idle_ticks / (double)s->ticks);
	figures_add(&r->burst, (double)s->frames / (double)s->bursts);
}

/* What a sample says while others had the CPU is no cost of ours. */
static void take_samples(struct results *r, struct answers_wire *wire, enum answers_way way)
{
	unsigned good = 0;

	for (unsigned tries = 0; good < SAMPLES && tries < TRIES; tries++) {
		long before = switches();
		struct answers_sample s = answers_wire_sample(wire, way, sample_seconds);
		bool came = way == WAY_ANSWER ? s.answers > 0 : s.frames > 0;

		r->switches += switches() - before;
		if (switches() == before && came) {
			keep(r, way, &s);
			good++;
		} else {
			r->aside++;
		}
	}
}

static bool take_round(struct results *r, struct answers_wire *wire, struct answers_tcp *tcp)
{
	answers_wire_run(wire, true);
	for (enum answers_way way = 0; way < WAYS; way++)
		take_samples(r, wire, way);
	answers_wire_run(wire, false);
	double ns = answers_tcp_sample(tcp, 1);
	if (ns > 0)
		figures_add(&r->send_ns, ns);
	else
		fprintf(stderr, "send() failed\n");
	return ns > 0;
}

static bool measure(struct results *r, const struct bench *b)
{
	struct answers_wire *wire;
	struct answers_tcp *tcp;
	bool good = true;

	if (answers_wire_open(&wire, &b->cpus) < 0 || answers_tcp_open(&tcp, &b->cpus) < 0)
		return false;
	uint64_t end = rte_rdtsc() + (uint64_t)(bench_seconds(b, 12) * (double)rte_get_tsc_hz());
	while (good && (rte_rdtsc() < end || r->send_ns.n < ENOUGH))
		good = take_round(r, wire, tcp);
	answers_tcp_close(tcp);
	answers_wire_close(wire);
	if (good && r->ticks[WAY_ANSWER].n < ENOUGH) {
		fprintf(stderr,
			"only %u of %u samples had their CPU for a millisecond: what else runs "
			"here?\n",
			r->ticks[WAY_ANSWER].n, r->ticks[WAY_ANSWER].n + r->aside);
		return false;
	}
	return good;
}

static const char *const ways[WAYS] = {
	"receive, touch and free",
	"count, answer nobody",
	"count, answer with a frame of 265 bytes",
};

static void print_line(const char *what, struct figure f, const char *unit)
{
	printf("  %-42s %8.1f %8.1f to %8.1f  %s\n", what, f.median, f.low, f.high, unit);
}

/* Processor time of an answer, in the unit of the rival. */
static double answer_ns(const struct results *r)
{
	return figures_sum_up(&r->ticks[WAY_ANSWER]).median / (double)rte_get_tsc_hz() * 1e9;
}

static void print_table(const struct results *r, const struct machine *m)
{
	struct figure send = figures_sum_up(&r->send_ns);

	printf("%s, %s\n\n  %-42s %8s %20s\n", m->processor, m->kernel,
		"datagrams of 281 bytes over memif", "median", "middle half");
	for (unsigned way = 0; way < WAYS; way++)
		print_line(ways[way], figures_sum_up(&r->ticks[way]), "ticks");
	printf("  %-42s %8.2f million; %.0f %% of the time without work, bursts of %.0f\n",
		"answers a second and worker", figures_sum_up(&r->rate).median / 1e6,
		100 * figures_sum_up(&r->idle).median, figures_sum_up(&r->burst).median);
	printf("\n  to bring one viewer a frame\n");
	printf("  %-42s %8.1f %20s  ns\n", "an answer", answer_ns(r), "");
	print_line("send(), TCP on loopback, 1000 connections", send, "ns");
	printf("  %-42s %8.1f times\n", "send() over answer", send.median / answer_ns(r));
	printf("\n%u samples of a millisecond of answers, %u of 1000 sends; %u set aside, %ld "
	       "involuntary context switches\n",
		r->ticks[WAY_ANSWER].n, r->send_ns.n, r->aside, r->switches);
}

static void print_figure(const char *name, const struct figures *of)
{
	struct figure f = figures_sum_up(of);

	printf("\"%s\":{\"least\":%.2f,\"low\":%.2f,\"median\":%.2f,\"high\":%.2f,\"samples\":%u},",
		name, f.least, f.low, f.median, f.high, of->n);
}

static void print_json(const struct results *r, const struct machine *m, bool quick)
{
	printf("{\"quick\":%s,\"processor\":\"%s\",\"kernel\":\"%s\",\"tsc_hz\":%.0f,",
		quick ? "true" : "false", m->processor, m->kernel, m->tsc_hz);
	print_figure("ticks_touch", &r->ticks[WAY_TOUCH]);
	print_figure("ticks_count", &r->ticks[WAY_COUNT]);
	print_figure("ticks_answer", &r->ticks[WAY_ANSWER]);
	print_figure("answers_per_second", &r->rate);
	print_figure("idle_share", &r->idle);
	print_figure("mean_burst", &r->burst);
	print_figure("ns_send", &r->send_ns);
	printf("\"ns_answer\":%.2f,\"send_over_answer\":%.2f,\"samples_aside\":%u,"
	       "\"involuntary_switches\":%ld}\n",
		answer_ns(r), figures_sum_up(&r->send_ns).median / answer_ns(r), r->aside,
		r->switches);
}

int main(int argc, char **argv)
{
	static struct results results;
	static struct bench bench;
	struct machine machine;
	bool json = false, usage = false;

	for (int i = 1; i < argc; i++) {
		json |= strcmp(argv[i], "--json") == 0;
		bench.quick |= strcmp(argv[i], "--quick") == 0;
		usage |= strcmp(argv[i], "--json") != 0 && strcmp(argv[i], "--quick") != 0;
	}
	if (usage) {
		fprintf(stderr, "usage: answers [--json] [--quick]\n");
		return 2;
	}
	if (eal_begin(&bench.cpus, NULL) < 0)
		return 1;
	machine_look(&machine);
	if (bench.cpus.n < 2)
		fprintf(stderr, "there is one CPU for this process; who asks needs another\n");
	bool good = bench.cpus.n > 1 && measure(&results, &bench);
	if (good && json)
		print_json(&results, &machine, bench.quick);
	else if (good)
		print_table(&results, &machine);
	eal_end();
	return good ? 0 : 1;
}

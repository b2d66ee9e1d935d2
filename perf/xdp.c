/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The rival in the kernel: xdp/count.bpf.c through BPF_PROG_TEST_RUN, minus a program that does
 * nothing (or that only makes the next session). One frame, the first of the case, again and again:
 * see there what that does in its favour.
 */

#include "perf/bench.h"
#include "perf/frames.h"
#include "perf/xdp/settings.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Made from xdp/count.bpf.c at build time. */
extern const unsigned char xdp_count_object[];
extern const unsigned long xdp_count_object_len;

enum { REPEAT = 1 << 16, FRAME_MAX = 512 };

static const double seconds = 1.5; // a case

struct rival {
	struct bpf_object *object;
	int base, all; // programs
	int stats;     // map
	uint8_t frame[FRAME_MAX];
	uint32_t frame_len;
};

/* Every session is there and has seen its first datagram. As slot_of() there. */
static int fill_sessions(int fd, unsigned bits)
{
	uint64_t n = 1ull << bits;
	size_t bytes = n * sizeof(struct xdp_count_session);
	struct xdp_count_session *slots =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (slots == MAP_FAILED)
		return -errno;
	for (uint64_t who = 1; who <= n; who++)
		slots[(who * 0x9e3779b97f4a7c15) & (n - 1)] =
			(struct xdp_count_session){who, 1ull << 32 | 1};
	munmap(slots, bytes);
	return 0;
}

static int program(const struct rival *r, const char *name)
{
	struct bpf_program *p = bpf_object__find_program_by_name(r->object, name);

	return p == NULL ? -ENOENT : bpf_program__fd(p);
}

static int set_up(struct rival *r, unsigned session_bits)
{
	struct bpf_map *constants = bpf_object__find_map_by_name(r->object, ".rodata");
	struct bpf_map *sessions = bpf_object__find_map_by_name(r->object, "sessions");
	const void *constant;
	struct xdp_count_settings settings = {.session_bits = session_bits};
	size_t len = 0;

	constant = constants == NULL ? NULL : bpf_map__initial_value(constants, &len);
	if (constant == NULL || len != sizeof(settings) || sessions == NULL)
		return -ENOENT;
	int ret = bpf_map__set_initial_value(constants, &settings, len);
	if (ret == 0)
		ret = bpf_map__set_max_entries(sessions, 1u << session_bits);
	if (ret == 0)
		ret = bpf_object__load(r->object);
	if (ret < 0)
		return ret;
	r->stats = bpf_object__find_map_fd_by_name(r->object, "stats");
	r->base = program(r, session_bits > 0 ? "generate" : "empty");
	r->all = program(r, session_bits > 0 ? "sequence" : "count");
	if (r->stats < 0 || r->base < 0 || r->all < 0)
		return -ENOENT;
	return fill_sessions(bpf_map__fd(sessions), session_bits);
}

static int open_rival(struct rival *r, const struct bench_case *c)
{
	libbpf_set_print(NULL);
	r->frame_len = frames_make(c, 0, r->frame, FRAME_MAX);
	r->object = bpf_object__open_mem(xdp_count_object, xdp_count_object_len, NULL);
	if (r->object == NULL)
		return -errno;
	int ret = set_up(r, c->frames.session_bits);
	if (ret < 0)
		bpf_object__close(r->object);
	return ret;
}

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/*
 * Nanoseconds a run, or -1. What the call itself costs is spread over so many that it is nothing.
 * The kernel's own figure is rounded down to whole nanoseconds; and the call sleeps for some
 * milliseconds, so it is our CPU time that counts.
 */
static double run(const struct rival *r, int fd)
{
	uint8_t out[FRAME_MAX];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = r->frame, .data_size_in = r->frame_len,
		.data_out = out, .data_size_out = sizeof(out), .repeat = REPEAT);
	double begin = cpu_ns();
	int ret = bpf_prog_test_run_opts(fd, &opts);

	if (ret < 0)
		return -1;
	return (cpu_ns() - begin) / REPEAT;
}

/* All runs must have counted, on whichever core they were. */
static bool counted(const struct rival *r, uint64_t runs)
{
	int cpus = libbpf_num_possible_cpus();
	struct xdp_count_stats *all = calloc(cpus > 0 ? (size_t)cpus : 1, sizeof(*all));
	uint64_t accepted = 0;
	uint32_t zero = 0;

	if (all != NULL && bpf_map_lookup_elem(r->stats, &zero, all) == 0) {
		for (int i = 0; i < cpus; i++)
			accepted += all[i].accepted;
	}
	free(all);
	if (accepted == runs)
		return true;
	fprintf(stderr, "the XDP program counted %lu datagrams of %lu\n", (unsigned long)accepted,
		(unsigned long)runs);
	return false;
}

static int take_samples(struct bench *b, const struct rival *r, struct samples *s)
{
	double ticks_a_ns = b->report.machine.tsc_hz / 1e9;
	uint64_t runs = REPEAT;

	if (run(r, r->all) < 0) // to warm up
		return -errno;
	samples_begin(s, bench_seconds(b, seconds), 0);
	while (samples_wanted(s)) {
		double base = run(r, r->base), all = run(r, r->all);

		if (base < 0 || all < 0)
			return -EIO;
		samples_add(s, base * ticks_a_ns, all * ticks_a_ns);
		runs += REPEAT;
	}
	samples_end(s);
	return counted(r, runs) ? 0 : -EPROTO;
}

/* Without the compiler of the kernel the comparison would be none. */
static bool interpreted(void)
{
	FILE *f = fopen("/proc/sys/net/core/bpf_jit_enable", "r");
	int value = 1;

	if (f != NULL) {
		if (fscanf(f, "%d", &value) != 1)
			value = 1;
		fclose(f);
	}
	return value == 0;
}

static int measure(struct bench *b, const struct bench_case *c)
{
	static struct samples samples;
	struct report_row row = report_row(
		"xdp", c->name, c->frames.session_bits > 0 ? "the next session" : "empty program");
	struct rival r;
	int ret = interpreted() ? -ENOEXEC : open_rival(&r, c);

	if (ret == -ENOEXEC)
		report_skip(&b->report, row,
			"the kernel does not compile BPF programs "
			"(net.core.bpf_jit_enable is 0)");
	else if (ret < 0)
		report_skip(&b->report, row, "the kernel does not take the program: %s%s",
			strerror(-ret), ret == -EPERM ? " (it takes root)" : "");
	if (ret < 0)
		return 0;
	ret = take_samples(b, &r, &samples);
	bpf_object__close(r.object);
	if (ret == 0)
		report_add(&b->report, row, &samples);
	else
		fprintf(stderr, "%s: BPF_PROG_TEST_RUN: %s\n", c->name, strerror(-ret));
	return ret;
}

int xdp_run(struct bench *b)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < bench_cases_n; i++) {
		if ((bench_cases[i].by & BY_XDP) != 0)
			ret = measure(b, &bench_cases[i]);
	}
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One run of the benchmark: what the ways to measure share.
 */
#ifndef PERF_BENCH_H
#define PERF_BENCH_H

#include "perf/report.h"
#include "perf/rig.h"

/*
 * The CPUs that we may use, from the last to the first, and as many DPDK lcores: the main one runs
 * on the first of the list, what sends to it on the last.
 */
struct bench_cpus {
	unsigned n;
	unsigned cpu[RIG_WORKERS_MAX];
};

struct bench {
	bool quick;
	const char *device; // of the user, or NULL
	struct bench_cpus cpus;
	struct report report;
};

/* The time for a row, in seconds. */
static inline double bench_seconds(const struct bench *b, double full)
{
	return b->quick ? full / 12 : full;
}

/*
 * eal.c: starts DPDK with the CPUs above, and no device but, if it is a PCI address, the one given
 * (or NULL). 0, or -errno after a complaint.
 */
int eal_begin(struct bench_cpus *cpus, const char *device);
void eal_end(void);

/*
 * Each measures all cases that are for it and adds their rows; what cannot be measured here becomes
 * a row that says why. 0, or -errno after a complaint: the benchmark itself is at fault.
 */
int recycled_run(struct bench *b);
int workers_run(struct bench *b);
int memif_run(struct bench *b);
int device_run(struct bench *b);
int xdp_run(struct bench *b);
int recvmmsg_run(struct bench *b);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Samples of a cost and of its base, taken in turn, and what they say together. A sample of either
 * is ticks of the time stamp counter a datagram.
 *
 * A sample during which the kernel took the CPU away from us is set aside. If too few are left, all
 * of them count, and the figures are called disturbed.
 */
#ifndef PERF_SAMPLES_H
#define PERF_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { SAMPLES_MIN = 15, SAMPLES_MAX = 1024 };

struct samples {
	unsigned n;
	unsigned aside; // had an involuntary context switch; they lie behind the others
	bool disturbed; // they are among the n
	long switches;  // involuntary context switches of the process and the other
	long last;      // as the kernel has them
	pid_t other;
	double seconds;
	uint64_t begun_ns;
	double base[SAMPLES_MAX];
	double all[SAMPLES_MAX]; // with the base in it
};

struct spread {
	double least, low, median, high; // the middle half lies between low and high
};

/*
 * Takes samples for so many seconds, for twice as many while there are too few. The switches of the
 * other process, on which the figures depend, count like our own; 0: there is none.
 */
void samples_begin(struct samples *s, double seconds, pid_t other);
bool samples_wanted(const struct samples *s);
void samples_add(struct samples *s, double base, double all);
void samples_end(struct samples *s);

struct spread samples_base(const struct samples *s);
struct spread samples_all(const struct samples *s);

/* Sample by sample, so that what slows both does not count. */
struct spread samples_over(const struct samples *s);

#endif

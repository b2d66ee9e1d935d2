/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Of a process that sends to us; it does so in its first thread. */
static long switches_of(pid_t process)
{
	static const char key[] = "nonvoluntary_ctxt_switches:";
	char path[64], line[128];
	long n = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)process);
	FILE *f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, key, sizeof(key) - 1) == 0)
			n = strtol(line + sizeof(key) - 1, NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return n;
}

static long switches_so_far(const struct samples *s)
{
	struct rusage usage = {0};

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nivcsw + (s->other != 0 ? switches_of(s->other) : 0);
}

void samples_begin(struct samples *s, double seconds, pid_t other)
{
	*s = (struct samples){.seconds = seconds, .begun_ns = now_ns(), .other = other};
	s->last = switches_so_far(s);
}

bool samples_wanted(const struct samples *s)
{
	double seconds = (double)(now_ns() - s->begun_ns) / 1e9;

	if (s->n + s->aside < SAMPLES_MIN)
		return true;
	return s->n + s->aside < SAMPLES_MAX &&
	       seconds < (s->n < SAMPLES_MIN ? 2 * s->seconds : s->seconds);
}

/* Those that are set aside fill the arrays from their end. */
void samples_add(struct samples *s, double base, double all)
{
	long now = switches_so_far(s);
	unsigned at = now == s->last ? s->n++ : SAMPLES_MAX - ++s->aside;

	s->switches += now - s->last;
	s->last = now;
	s->base[at] = base;
	s->all[at] = all;
}

void samples_end(struct samples *s)
{
	s->disturbed = s->n < SAMPLES_MIN;
	for (; s->disturbed && s->aside > 0; s->aside--, s->n++) {
		s->base[s->n] = s->base[SAMPLES_MAX - s->aside];
		s->all[s->n] = s->all[SAMPLES_MAX - s->aside];
	}
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct spread spread_of(const double *values, unsigned n)
{
	double sorted[SAMPLES_MAX];

	if (n == 0)
		return (struct spread){0};
	memcpy(sorted, values, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), ascending);
	return (struct spread){sorted[0], sorted[n / 4], sorted[n / 2], sorted[n - 1 - n / 4]};
}

struct spread samples_base(const struct samples *s)
{
	return spread_of(s->base, s->n);
}

struct spread samples_all(const struct samples *s)
{
	return spread_of(s->all, s->n);
}

struct spread samples_over(const struct samples *s)
{
	double over[SAMPLES_MAX];

	for (unsigned i = 0; i < s->n; i++)
		over[i] = s->all[i] - s->base[i];
	return spread_of(over, s->n);
}

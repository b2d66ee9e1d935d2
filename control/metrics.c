/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 32768, LABELS_MAX = 512 };

static const struct {
	const char *name, *type, *help;
} declared[METRICS] = {
#define METRIC(symbol, name, type, help) {name, #type, help},
#include "control/metric.def"
#undef METRIC
};

void metrics_begin(struct metrics *m)
{
	*m = (struct metrics){.family = -1, .text = malloc(FIRST_CAP), .cap = FIRST_CAP};
	m->failed = m->text == NULL;
	if (!m->failed)
		m->text[0] = '\0';
}

static bool make_room(struct metrics *m, size_t more)
{
	size_t cap = m->cap;

	while (cap < m->len + more + 1)
		cap *= 2;
	if (cap > m->cap) {
		char *larger = realloc(m->text, cap);
		if (larger == NULL) {
			m->failed = true;
			return false;
		}
		m->text = larger;
		m->cap = cap;
	}
	return true;
}

__attribute__((format(printf, 2, 3))) static void append(struct metrics *m, const char *format, ...)
{
	va_list args;
	int n;

	if (m->failed || !make_room(m, 2 * LABELS_MAX))
		return;
	va_start(args, format);
	n = vsnprintf(m->text + m->len, m->cap - m->len, format, args);
	va_end(args);
	assert(n >= 0 && (size_t)n < m->cap - m->len);
	m->len += (size_t)n;
}

static void enter(struct metrics *m, enum metric metric)
{
	if (m->family == (int)metric)
		return;
	assert(!m->done[metric]);
	m->done[metric] = true;
	m->family = (int)metric;
	append(m, "# HELP %s %s\n# TYPE %s %s\n", declared[metric].name, declared[metric].help,
		declared[metric].name, declared[metric].type);
}

__attribute__((format(printf, 3, 0))) static void sample(
	struct metrics *m, enum metric metric, const char *labels, va_list args)
{
	char text[LABELS_MAX];

	enter(m, metric);
	vsnprintf(text, sizeof(text), labels, args);
	append(m, text[0] == '\0' ? "%s%s " : "%s{%s} ", declared[metric].name, text);
}

void metrics_count(struct metrics *m, enum metric metric, uint64_t value, const char *labels, ...)
{
	va_list args;

	va_start(args, labels);
	sample(m, metric, labels, args);
	va_end(args);
	append(m, "%" PRIu64 "\n", value);
}

void metrics_gauge(struct metrics *m, enum metric metric, double value, const char *labels, ...)
{
	va_list args;

	va_start(args, labels);
	sample(m, metric, labels, args);
	va_end(args);
	/* Prometheus has doubles, too: whole numbers keep their digits. */
	append(m, value == floor(value) && fabs(value) < 0x1p53 ? "%.0f\n" : "%.12g\n", value);
}

void metrics_histogram(
	struct metrics *m, enum metric metric, const struct histogram *h, const char *label)
{
	const char *name = declared[metric].name;
	uint64_t below = 0;

	enter(m, metric);
	for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
		below += h->classes[i];
		append(m, "%s_bucket{%s,le=\"%.6g\"} %" PRIu64 "\n", name, label,
			histogram_bounds[i] / 1e6, below);
	}
	below += h->classes[HISTOGRAM_BOUNDS];
	append(m, "%s_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n", name, label, below);
	append(m, "%s_sum{%s} %.12g\n%s_count{%s} %" PRIu64 "\n", name, label, (double)h->sum / 1e9,
		name, label, below);
}

const char *metrics_label(const char *text, char *out, size_t cap)
{
	size_t len = 0;

	for (; *text != '\0' && len + 3 <= cap; text++) {
		if (*text == '\\' || *text == '"' || *text == '\n')
			out[len++] = '\\';
		out[len++] = *text == '\n' ? 'n' : *text;
	}
	out[len] = '\0';
	return out;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/quantity.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Digits with at most one point among them; where they end, or NULL. */
static const char *read_number(const char *text, double *out)
{
	size_t len = strspn(text, "0123456789.");
	char digits[24], *end;

	if (len == 0 || len >= sizeof(digits) || strspn(text, ".") == len)
		return NULL;
	memcpy(digits, text, len);
	digits[len] = '\0';
	*out = strtod(digits, &end);
	return *end == '\0' ? text + len : NULL;
}

static int within(double value, double min, double max, double *out)
{
	if (value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

int quantity_parse(const char *text, double min, double max, double *out)
{
	double value;
	const char *end = read_number(text, &value);

	return end != NULL && *end == '\0' ? within(value, min, max, out) : -EINVAL;
}

int quantity_parse_rate(const char *text, double min, double max, double *out)
{
	double value;
	const char *end = read_number(text, &value);

	if (end == NULL)
		return -EINVAL;
	if (*end == 'k' || *end == 'M')
		value *= *end++ == 'k' ? 1e3 : 1e6;
	return *end == '\0' ? within(value, min, max, out) : -EINVAL;
}

int quantity_parse_list(const char *text, double min, double max, double *out, unsigned cap)
{
	for (unsigned n = 0; n < cap;) {
		text = read_number(text, &out[n]);
		if (text == NULL || out[n] < min || out[n] > max || (n > 0 && out[n] <= out[n - 1]))
			return -EINVAL;
		n++;
		if (*text == '\0')
			return (int)n;
		if (*text++ != ',')
			return -EINVAL;
	}
	return -EINVAL;
}

static bool is_in(const unsigned *cpus, unsigned n, unsigned cpu)
{
	for (unsigned i = 0; i < n; i++) {
		if (cpus[i] == cpu)
			return true;
	}
	return false;
}

static const char *read_cpu(const char *text, unsigned max, unsigned *out)
{
	char *end;
	unsigned long cpu = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : max + 1ul;

	if (cpu > max)
		return NULL;
	*out = (unsigned)cpu;
	return end;
}

/* "4" or "4-7"; where it ends, or NULL. */
static const char *read_span(const char *text, unsigned max, unsigned *first, unsigned *last)
{
	text = read_cpu(text, max, first);
	*last = *first;
	return text != NULL && *text == '-' ? read_cpu(text + 1, max, last) : text;
}

int quantity_parse_cpus(const char *text, unsigned max, unsigned *out, unsigned cap)
{
	unsigned n = 0, first = 0, last = 0;

	for (;;) {
		text = read_span(text, max, &first, &last);
		if (text == NULL || last < first)
			return -EINVAL;
		for (unsigned cpu = first; cpu <= last; cpu++) {
			if (n == cap || is_in(out, n, cpu))
				return -EINVAL;
			out[n++] = cpu;
		}
		if (*text == '\0')
			return (int)n;
		if (*text++ != ',')
			return -EINVAL;
	}
}

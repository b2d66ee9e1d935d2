/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/appliance.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t member(const json_t *object, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(object, name));

	return n > 0 ? (uint64_t)n : 0;
}

int appliance_read_stats(const char *json, size_t len, struct appliance_counts *out)
{
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *ledger = json_object_get(root, "ledger");
	int ret = json_is_integer(json_object_get(ledger, "rx")) ? 0 : -EINVAL;

	*out = (struct appliance_counts){
		.rx = member(ledger, "rx"),
		.missed = member(ledger, "imissed"),
		.no_buffer = member(ledger, "nombuf"),
		.accepted = member(ledger, "accepted"),
		.refused = member(ledger, "refused"),
		.taps = member(ledger, "taps_counted"),
		.pid = member(root, "pid"),
	};
	json_decref(root);
	return ret;
}

/* "name{labels} value" or "name value", in a line that ends in a zero. */
static bool sample_of(const char *line, const char *name, double *value)
{
	size_t len = strlen(name);
	const char *end = strrchr(line, ' ');

	if (strncmp(line, name, len) != 0 || (line[len] != ' ' && line[len] != '{') || end == NULL)
		return false;
	*value = strtod(end, NULL);
	return true;
}

/* Counts beyond what a double holds exactly are not to be had from metrics. */
static uint64_t whole(double value)
{
	return value >= 0 && value < 9007199254740992.0 ? (uint64_t)value : 0;
}

int appliance_read_metrics(const char *text, size_t len, struct appliance_counts *out)
{
	const struct {
		const char *name;
		uint64_t *sum;
	} wanted[] = {
		{"uproar_worker_frames_total", &out->rx},
		{"uproar_port_missed_frames_total", &out->missed},
		{"uproar_port_no_buffer_frames_total", &out->no_buffer},
		{"uproar_datagrams_accepted_total", &out->accepted},
		{"uproar_datagrams_refused_total", &out->refused},
		{"uproar_taps_counted_total", &out->taps},
	};
	bool found = false;
	char line[256];

	memset(out, 0, sizeof(*out));
	for (const char *at = text, *end = text + len; at < end;) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((next != NULL ? next : end) - at);
		double value;

		snprintf(line, sizeof(line), "%.*s", n < sizeof(line) ? (int)n : 0, at);
		for (unsigned i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			if (!sample_of(line, wanted[i].name, &value))
				continue;
			*wanted[i].sum += whole(value);
			found = found || i == 0;
		}
		at += n + 1;
	}
	return found ? 0 : -EINVAL;
}

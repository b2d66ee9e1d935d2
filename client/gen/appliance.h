/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the device under test says that it took: an appliance on this machine over its control
 * socket, one elsewhere by its metrics. An answer is a stranger's.
 */
#ifndef CLIENT_GEN_APPLIANCE_H
#define CLIENT_GEN_APPLIANCE_H

#include "client/endpoint.h"
#include "client/option.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct appliance {
	enum { APPLIANCE_NONE, APPLIANCE_SOCKET, APPLIANCE_METRICS } by;
	char socket_path[OPTION_SOCKET_MAX];
	struct endpoint metrics;
	char metrics_path[128];
};

/* Ever, or since an earlier look. Frames, unless it says something else. */
struct appliance_counts {
	uint64_t rx;        // that its workers took
	uint64_t missed;    // lost because a queue was full
	uint64_t no_buffer; // lost because there was no buffer
	uint64_t accepted, refused;
	uint64_t taps;
	uint64_t switches; // involuntary context switches of its workers; 0 if it is elsewhere
	uint64_t pid;      // 0 if it is elsewhere
};

/* http://HOST:PORT/PATH; without a path /metrics. 0, or -EINVAL. */
int appliance_parse_url(const char *url, struct appliance *out);

/* 0, or -errno after a complaint. */
int appliance_ask(const struct appliance *a, struct appliance_counts *out);

/* Reads its answer. 0, or -EINVAL if that is something else. */
int appliance_read_stats(const char *json, size_t len, struct appliance_counts *out);
int appliance_read_metrics(const char *text, size_t len, struct appliance_counts *out);

/* Does another process answer now, or one that began to count anew? */
bool appliance_is_another(
	const struct appliance_counts *before, const struct appliance_counts *now);

/* now - before, of the same process; what is less now counts as 0. */
struct appliance_counts appliance_since(
	const struct appliance_counts *before, const struct appliance_counts *now);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The curve of a channel: what GET /v1/channels/N/timeline tells. The document is a stranger's:
 * everything in it is checked.
 */
#ifndef CLIENT_TIMELINE_H
#define CLIENT_TIMELINE_H

#include "client/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TIMELINE_NAME_MAX = 65, // a name has 64 bytes at most
	TIMELINE_WHY_MAX = 160,
	TIMELINE_POINTS_MAX = 100000,
};

/* A window, or several that were rolled up. */
struct timeline_point {
	uint64_t ends_ms; // Unix
	uint64_t length_ms;
	uint64_t taps;
	uint64_t reactors; // 0: not known
	double score;      // -1 to 1
	double intensity;  // 1: the usual rate
	bool surge;
};

struct timeline {
	uint16_t channel;
	char name[TIMELINE_NAME_MAX];
	size_t n;
	struct timeline_point *points; // oldest first; none begins before the one before has ended
};

/* Reads the document. 0 (free it after use), or -EINVAL with a sentence in why, or -ENOMEM. */
int timeline_parse(const char *json, size_t len, struct timeline *out, char *why);

/* Fetches and reads it; why says in a sentence what went wrong. 0 or -errno. */
int timeline_fetch(const struct endpoint *http, uint16_t channel, uint64_t deadline,
	struct timeline *out, char *why);

void timeline_free(struct timeline *t);

/* Taps a second. */
double timeline_rate(const struct timeline_point *p);

/* When it began, Unix milliseconds. */
uint64_t timeline_begins(const struct timeline_point *p);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Two answers to `stats`, one after the other, and what grew between them. An answer is a
 * stranger's: what it lacks is 0 or "-".
 */
#ifndef CLIENT_STATS_SAMPLE_H
#define CLIENT_STATS_SAMPLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct stats_samples {
	json_t *before, *now; // before may be NULL
	double seconds;       // between them
	uint64_t at;          // of now, monotonic nanoseconds
};

/* Takes one more. False if it is no JSON object. */
bool stats_samples_take(struct stats_samples *s, const char *json, size_t len, uint64_t at);
void stats_samples_free(struct stats_samples *s);

/* The value at a path such as "ledger.rx" or "workers[3].rx", made by printf; NULL: there is none.
 */
__attribute__((format(printf, 2, 3))) const json_t *stats_at(
	const json_t *root, const char *path, ...);

/* What it is now; 0 if there is none. */
double stats_number(const struct stats_samples *s, const char *path);

/* By how much it grew a second; 0 as long as there is nothing to compare with. */
double stats_rate(const struct stats_samples *s, const char *path);

/* A text; "?" if it could move the cursor, "-" if there is none. Returns out. */
const char *stats_text(const struct stats_samples *s, const char *path, char out[64]);

#endif

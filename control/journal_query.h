/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Reading the journal: the curve of a channel, at the resolution that fits. By a connection of its
 * own, for a disk may be slow: not on the control thread.
 */
#ifndef CONTROL_JOURNAL_QUERY_H
#define CONTROL_JOURNAL_QUERY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* A window, or several that were joined. */
struct journal_point {
	uint64_t ends_ms; // Unix
	uint64_t length_ms;
	uint64_t taps;
	uint64_t reactors; // the most in one window; 0: not known
	double score;      // -1 to 1; 0 when it is not known
	double intensity;  // the highest; 0 when it is not known
	bool surge;        // at some time
	bool gap;          // only taps are known of some of it
};

struct journal_query {
	sqlite3 *db;
	sqlite3_stmt *points;
};

/* Opens the file to read. SQLITE_OK, or SQLite's code; then there is nothing to close. */
int journal_query_open(struct journal_query *q, const char *path);
void journal_query_close(struct journal_query *q);

/*
 * How long points must be, so that so many suffice for this time: one of a few round lengths, in
 * milliseconds; 0: windows as they are.
 */
uint64_t journal_query_resolution(uint64_t ms, uint64_t window_ms, unsigned points);

/*
 * The points of a channel that end after one time and not after the other, Unix milliseconds, the
 * oldest first; if there are more than so many, the newest of them. A window in which nobody tapped
 * is a point without taps. None begins before the one before has ended, and none has no length.
 * SQLITE_OK, or SQLite's code.
 */
int journal_query_points(struct journal_query *q, uint16_t channel, uint64_t after, uint64_t until,
	uint64_t resolution, struct journal_point *points, unsigned most, unsigned *n);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/timeline_query.h"

#include <errno.h>
#include <string.h>

/* A checkpoint may hold the file for a moment. */
enum { BUSY_MS = 2000 };

/* In windows without taps the channel has no mood. */
static const char sql[] =
	"SELECT w.window, w.ends, w.length, m.taps, m.reactors, m.score, m.intensity, m.surge "
	"FROM windows w LEFT JOIN moods m ON m.window = w.window AND m.channel = ?1 "
	"WHERE w.window > ?2 ORDER BY w.window";

int timeline_query_open(struct timeline_query *q, const char *file)
{
	memset(q, 0, sizeof(*q));
	if (sqlite3_open_v2(file, &q->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) !=
			SQLITE_OK ||
		sqlite3_busy_timeout(q->db, BUSY_MS) != SQLITE_OK ||
		sqlite3_prepare_v2(q->db, sql, -1, &q->windows, NULL) != SQLITE_OK)
		return -EIO;
	return 0;
}

void timeline_query_close(struct timeline_query *q)
{
	sqlite3_finalize(q->windows);
	sqlite3_close(q->db);
	memset(q, 0, sizeof(*q));
}

/* 0 is the length of a stretch whose beginning nobody knows: such a one is no part of a curve. */
static struct timeline_point point_of(sqlite3_stmt *s)
{
	uint64_t ends = (uint64_t)sqlite3_column_int64(s, 1);
	uint64_t length = (uint64_t)sqlite3_column_int64(s, 2);

	return (struct timeline_point){
		.ends = ends,
		.begins = length < ends ? ends - length : ends,
		.taps = (uint64_t)sqlite3_column_int64(s, 3),
		.reactors = (uint32_t)sqlite3_column_int64(s, 4),
		.score = (float)sqlite3_column_double(s, 5),
		.intensity = (float)sqlite3_column_double(s, 6),
		.surge = sqlite3_column_int(s, 7) != 0,
	};
}

bool timeline_query_read(struct timeline_query *q, unsigned channel, uint64_t *window,
	struct timeline_points *points)
{
	sqlite3_stmt *s = q->windows;
	bool any = false;

	sqlite3_bind_int64(s, 1, channel);
	sqlite3_bind_int64(s, 2, (sqlite3_int64)*window);
	while (sqlite3_step(s) == SQLITE_ROW) {
		*window = (uint64_t)sqlite3_column_int64(s, 0);
		if (points->n == 0 && sqlite3_column_type(s, 3) == SQLITE_NULL)
			continue;
		timeline_points_add(points, point_of(s));
		any = true;
	}
	sqlite3_reset(s);
	return any;
}

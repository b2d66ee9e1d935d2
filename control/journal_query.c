/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/journal_query.h"

#include <stddef.h>
#include <string.h>

enum { BUSY_MS = 1000 };

/* In this order: ends, length, taps, reactors, score, intensity, surge, gap. */
static const char points_sql[] =
	"SELECT max(ends), sum(length), coalesce(sum(taps), 0), coalesce(max(reactors), 0), "
	"coalesce(sum(score * taps) / sum(CASE WHEN score IS NOT NULL THEN taps END), 0), "
	"coalesce(max(intensity), 0), coalesce(max(surge), 0), max(gap) "
	"FROM windows LEFT JOIN moods ON moods.window = windows.window AND channel = ?1 "
	"WHERE ends > ?2 AND ends <= ?3 "
	"GROUP BY CASE WHEN ?4 > 0 THEN (ends - 1) / ?4 ELSE windows.window END "
	"ORDER BY 1 DESC LIMIT ?5";

int journal_query_open(struct journal_query *q, const char *path)
{
	*q = (struct journal_query){0};
	int ret = sqlite3_open_v2(path, &q->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);

	if (ret == SQLITE_OK) {
		sqlite3_busy_timeout(q->db, BUSY_MS);
		ret = sqlite3_prepare_v3(
			q->db, points_sql, -1, SQLITE_PREPARE_PERSISTENT, &q->points, NULL);
	}
	if (ret != SQLITE_OK)
		journal_query_close(q);
	return ret;
}

void journal_query_close(struct journal_query *q)
{
	sqlite3_finalize(q->points);
	sqlite3_close(q->db);
	*q = (struct journal_query){0};
}

uint64_t journal_query_resolution(uint64_t ms, uint64_t window_ms, unsigned points)
{
	static const uint64_t lengths[] = {10000, 60000, 600000, 3600000, 86400000};
	unsigned i = 0;

	if (ms / window_ms <= points)
		return 0;
	while (i + 1 < sizeof(lengths) / sizeof(lengths[0]) && ms / lengths[i] > points)
		i++;
	return lengths[i];
}

static struct journal_point point_of(sqlite3_stmt *s)
{
	return (struct journal_point){
		.ends_ms = (uint64_t)sqlite3_column_int64(s, 0),
		.length_ms = (uint64_t)sqlite3_column_int64(s, 1),
		.taps = (uint64_t)sqlite3_column_int64(s, 2),
		.reactors = (uint64_t)sqlite3_column_int64(s, 3),
		.score = sqlite3_column_double(s, 4),
		.intensity = sqlite3_column_double(s, 5),
		.surge = sqlite3_column_int(s, 6) != 0,
		.gap = sqlite3_column_int(s, 7) != 0,
	};
}

static void turn_round(struct journal_point *points, unsigned n)
{
	for (unsigned i = 0; i < n / 2; i++) {
		struct journal_point p = points[i];

		points[i] = points[n - 1 - i];
		points[n - 1 - i] = p;
	}
}

/*
 * Lengths are of the monotonic clock, and not known of some gaps: as ends are of the wall clock, a
 * window may seem to begin in the one before, which it did not.
 */
static unsigned fit(struct journal_point *points, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++) {
		struct journal_point p = points[i];
		uint64_t room = kept > 0 ? p.ends_ms - points[kept - 1].ends_ms : p.ends_ms;

		if (kept > 0 && (p.length_ms == 0 || p.length_ms > room))
			p.length_ms = room;
		if (p.length_ms > 0 && p.length_ms <= room)
			points[kept++] = p;
	}
	return kept;
}

int journal_query_points(struct journal_query *q, uint16_t channel, uint64_t after, uint64_t until,
	uint64_t resolution, struct journal_point *points, unsigned most, unsigned *n)
{
	sqlite3_stmt *s = q->points;
	int ret;

	*n = 0;
	sqlite3_bind_int(s, 1, channel);
	sqlite3_bind_int64(s, 2, (sqlite3_int64)after);
	sqlite3_bind_int64(s, 3, (sqlite3_int64)until);
	sqlite3_bind_int64(s, 4, (sqlite3_int64)resolution);
	sqlite3_bind_int64(s, 5, most);
	while ((ret = sqlite3_step(s)) == SQLITE_ROW)
		points[(*n)++] = point_of(s);
	sqlite3_reset(s);
	turn_round(points, *n);
	*n = fit(points, *n);
	return ret == SQLITE_DONE ? SQLITE_OK : ret;
}

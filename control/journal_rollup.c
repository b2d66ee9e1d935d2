/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/journal_rollup.h"

#include "control/window_clock.h"

#include <stdio.h>

/* One window and the minute, or hour, that it completes. */
enum { STEPS_MIN = 2 };

/* What windows of each level are joined to, in milliseconds; 0: all of them to one. */
static const uint64_t spans[JOURNAL_LEVELS] = {60000, 3600000, 0};

static const char *const texts[JOURNAL_ROLLUP_STATEMENTS] = {
	[JOURNAL_OLDEST] = "SELECT window, ends, arena, catalogue FROM windows WHERE level = ? "
			   "ORDER BY window LIMIT 1",
	[JOURNAL_FOLLOWING] = "SELECT window, ends, arena, catalogue, level FROM windows "
			      "WHERE window > ? ORDER BY window",
	[JOURNAL_BEFORE] = "SELECT window, ends, arena, catalogue, level FROM windows "
			   "WHERE window < ? ORDER BY window DESC LIMIT 1",
	[JOURNAL_JOIN_COUNTS] = "INSERT INTO counts SELECT ?2, channel, reaction, taps "
				"FROM counts WHERE window = ?1 "
				"ON CONFLICT DO UPDATE SET taps = taps + excluded.taps",
	[JOURNAL_JOIN_MOODS] =
		"INSERT INTO moods SELECT ?2, channel, taps, total, reactors, score, intensity, "
		"surge FROM moods WHERE window = ?1 ON CONFLICT DO UPDATE SET "
		"score = CASE WHEN score IS NULL THEN excluded.score "
		"WHEN excluded.score IS NULL THEN score "
		"ELSE (score * taps + excluded.score * excluded.taps) / (taps + excluded.taps) END,"
		"taps = taps + excluded.taps, "
		"reactors = max(coalesce(reactors, excluded.reactors), "
		"coalesce(excluded.reactors, reactors)), "
		"intensity = max(coalesce(intensity, excluded.intensity), "
		"coalesce(excluded.intensity, intensity)), "
		"surge = max(coalesce(surge, excluded.surge), coalesce(excluded.surge, surge))",
	[JOURNAL_JOIN_WINDOWS] = "UPDATE windows SET length = windows.length + o.length, "
				 "joins = windows.joins + o.joins, gap = max(windows.gap, o.gap) "
				 "FROM windows o WHERE o.window = ?1 AND windows.window = ?2",
	[JOURNAL_DROP_COUNTS] = "DELETE FROM counts WHERE window = ?",
	[JOURNAL_DROP_MOODS] = "DELETE FROM moods WHERE window = ?",
	[JOURNAL_DROP_WINDOW] = "DELETE FROM windows WHERE window = ?",
	[JOURNAL_RAISE] = "UPDATE windows SET level = ?2 WHERE window = ?1",
};

struct window {
	sqlite3_int64 number; // 0: none
	sqlite3_int64 ends, arena, catalogue;
	int level;
};

int journal_rollup_init(struct journal_rollup *r, sqlite3 *db)
{
	int ret = SQLITE_OK;

	*r = (struct journal_rollup){.db = db};
	for (unsigned i = 0; ret == SQLITE_OK && i < JOURNAL_ROLLUP_STATEMENTS; i++)
		ret = sqlite3_prepare_v3(
			db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &r->statements[i], NULL);
	if (ret != SQLITE_OK)
		journal_rollup_free(r);
	return ret;
}

void journal_rollup_free(struct journal_rollup *r)
{
	for (unsigned i = 0; i < JOURNAL_ROLLUP_STATEMENTS; i++)
		sqlite3_finalize(r->statements[i]);
	*r = (struct journal_rollup){0};
}

static struct window window_of(sqlite3_stmt *s, int level)
{
	return (struct window){.number = sqlite3_column_int64(s, 0),
		.ends = sqlite3_column_int64(s, 1),
		.arena = sqlite3_column_int64(s, 2),
		.catalogue = sqlite3_column_int64(s, 3),
		.level = level};
}

static bool belong(const struct window *a, const struct window *b)
{
	return a->arena == b->arena && a->catalogue == b->catalogue;
}

/* Which minute or hour. The end of one still belongs to it. */
static sqlite3_int64 bucket(const struct window *w, uint64_t span)
{
	return (w->ends - 1) / (sqlite3_int64)span;
}

static int run(sqlite3_stmt *s, sqlite3_int64 a, sqlite3_int64 b)
{
	sqlite3_bind_int64(s, 1, a);
	if (sqlite3_bind_parameter_count(s) > 1)
		sqlite3_bind_int64(s, 2, b);
	int ret = sqlite3_step(s);
	sqlite3_reset(s);
	return ret == SQLITE_DONE ? SQLITE_OK : ret;
}

/* The older is added to the newer and is no more. */
static int join(struct journal_rollup *r, sqlite3_int64 older, sqlite3_int64 newer)
{
	int ret = SQLITE_OK;

	for (unsigned i = JOURNAL_JOIN_COUNTS; ret == SQLITE_OK && i <= JOURNAL_DROP_WINDOW; i++)
		ret = run(r->statements[i], older, newer);
	return ret;
}

/* The first window that the query finds; none is no error. */
static int look(
	struct journal_rollup *r, unsigned statement, sqlite3_int64 value, struct window *found)
{
	sqlite3_stmt *s = r->statements[statement];
	int ret;

	*found = (struct window){0};
	sqlite3_bind_int64(s, 1, value);
	ret = sqlite3_step(s);
	if (ret == SQLITE_ROW)
		*found = window_of(
			s, statement == JOURNAL_OLDEST ? (int)value : sqlite3_column_int(s, 4));
	sqlite3_reset(s);
	return ret == SQLITE_ROW || ret == SQLITE_DONE ? SQLITE_OK : ret;
}

/* The last two of those that become one minute or hour with the first; the same if it is alone. */
static int look_for_last_two(struct journal_rollup *r, const struct window *first, uint64_t span,
	struct window *last, struct window *before)
{
	sqlite3_stmt *s = r->statements[JOURNAL_FOLLOWING];
	int ret;

	*last = *before = *first;
	sqlite3_bind_int64(s, 1, first->number);
	while ((ret = sqlite3_step(s)) == SQLITE_ROW) {
		struct window next = window_of(s, sqlite3_column_int(s, 4));

		if (next.level != first->level || !belong(&next, first) ||
			bucket(&next, span) != bucket(first, span))
			break;
		*before = *last;
		*last = next;
	}
	sqlite3_reset(s);
	return ret == SQLITE_ROW || ret == SQLITE_DONE ? SQLITE_OK : ret;
}

/* The newest two become one, so that what is joined so far always is one stretch. */
static int step_in_span(struct journal_rollup *r, const struct window *oldest, uint64_t span)
{
	struct window last, before;
	int ret = look_for_last_two(r, oldest, span, &last, &before);

	if (ret != SQLITE_OK)
		return ret;
	if (last.number == before.number)
		return run(r->statements[JOURNAL_RAISE], last.number, oldest->level + 1);
	return join(r, before.number, last.number);
}

/* All that was before becomes one with it. */
static int step_to_sum(struct journal_rollup *r, const struct window *oldest)
{
	struct window before;
	int ret = look(r, JOURNAL_BEFORE, oldest->number, &before);

	if (ret == SQLITE_OK && before.level == oldest->level + 1 && belong(&before, oldest))
		ret = join(r, before.number, oldest->number);
	return ret == SQLITE_OK ? run(r->statements[JOURNAL_RAISE], oldest->number, JOURNAL_LEVELS)
				: ret;
}

/* *did: there was something to do at this level. */
static int step(struct journal_rollup *r, unsigned level, uint64_t now, bool *did)
{
	uint64_t span = spans[level], keep = r->keep_ms[level], whole;
	struct window oldest;

	*did = false;
	if (keep == 0)
		return SQLITE_OK;
	int ret = look(r, JOURNAL_OLDEST, level, &oldest);
	if (ret != SQLITE_OK || oldest.number == 0)
		return ret;
	whole = span > 0 ? (uint64_t)(bucket(&oldest, span) + 1) * span : (uint64_t)oldest.ends;
	if (whole + keep > now)
		return SQLITE_OK;
	*did = true;
	return span > 0 ? step_in_span(r, &oldest, span) : step_to_sum(r, &oldest);
}

/* Is there something to do, at the lower levels first? */
static int step_somewhere(struct journal_rollup *r, uint64_t now, bool *did)
{
	int ret = SQLITE_OK;

	*did = false;
	for (unsigned level = 0; ret == SQLITE_OK && !*did && level < JOURNAL_LEVELS; level++)
		ret = step(r, level, now, did);
	return ret;
}

static int some_steps(
	struct journal_rollup *r, uint64_t now, unsigned steps, uint64_t until_ns, bool *more)
{
	int ret = SQLITE_OK;

	*more = true;
	for (unsigned done = 0; ret == SQLITE_OK && *more && done < steps; done++) {
		if (done >= STEPS_MIN && window_clock_read().monotonic >= until_ns)
			break;
		ret = step_somewhere(r, now, more);
	}
	return ret;
}

int journal_rollup_steps(
	struct journal_rollup *r, uint64_t now, unsigned steps, uint64_t until_ns, bool *more)
{
	int ret = sqlite3_exec(r->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	*more = false;
	if (ret == SQLITE_OK)
		ret = some_steps(r, now, steps, until_ns, more);
	if (ret == SQLITE_OK)
		ret = sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL);
	if (ret == SQLITE_OK)
		return ret;
	snprintf(r->error, sizeof(r->error), "%s", sqlite3_errmsg(r->db));
	if (!sqlite3_get_autocommit(r->db))
		sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL);
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Reads windows of a channel from the journal's file, which others write meanwhile. */
#ifndef CONTROL_TIMELINE_QUERY_H
#define CONTROL_TIMELINE_QUERY_H

#include "control/timeline_points.h"

#include <sqlite3.h>

struct timeline_query {
	sqlite3 *db; // NULL: not opened
	sqlite3_stmt *windows;
};

/* 0 or -EIO. Close it in any case. */
int timeline_query_open(struct timeline_query *q, const char *file);
void timeline_query_close(struct timeline_query *q);

/*
 * Adds the windows of the channel behind *window, and moves it on to the last; those before its
 * first tap are left out. Returns whether there were any. A file that cannot be read now has none.
 */
bool timeline_query_read(struct timeline_query *q, unsigned channel, uint64_t *window,
	struct timeline_points *points);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which lines of a log are written, and which are only counted, so that whoever makes one thing go
 * wrong again and again fills no disk and hides no other line.
 *
 * Lines with the same format are of one kind. So many of a kind may come at once, and one a second
 * after that (a token bucket, kept as the time at which it is full again). What is more is
 * suppressed, and told as a number when the next line of the kind may come.
 */
#ifndef DATAPLANE_LOG_LIMIT_H
#define DATAPLANE_LOG_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LOG_LIMIT_BURST = 64, // one for each worker, or each listener
	LOG_LIMIT_KINDS = 32, // of a module at a time; the last one is for all that find no place
	LOG_LIMIT_TEXT = 160,
};

struct log_kind {
	const void *format; // what makes it a kind; NULL: free
	uint32_t level;     // of the line that was suppressed last
	uint64_t full_ns;   // when it may have its whole burst again
	uint64_t suppressed;
	char text[LOG_LIMIT_TEXT]; // the beginning of the line that was written, or held, last
};

struct log_limit {
	struct log_kind kinds[LOG_LIMIT_KINDS];
};

/* What was suppressed of a kind; n 0: nothing. */
struct log_suppressed {
	uint64_t n;
	uint32_t level;
	char text[LOG_LIMIT_TEXT];
};

/*
 * May a line of this kind be written at this time, on a clock that does not go back? Then the kind,
 * for log_limit_written(), and before it *earlier is to be told. NULL: it was counted.
 */
struct log_kind *log_limit_admit(struct log_limit *l, const void *format, uint32_t level,
	uint64_t now_ns, struct log_suppressed *earlier);

/* The line cannot be written now, and is counted. The kind, for log_limit_written(). */
struct log_kind *log_limit_hold(
	struct log_limit *l, const void *format, uint32_t level, uint64_t now_ns);

void log_limit_written(struct log_kind *kind, const char *text);

/*
 * Takes what was suppressed of one kind, if it may be told now or if it must be. False: there is no
 * more.
 */
bool log_limit_take(
	struct log_limit *l, uint64_t now_ns, bool must, struct log_suppressed *suppressed);

#endif

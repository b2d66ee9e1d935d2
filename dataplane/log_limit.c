/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/log_limit.h"

#include <stdio.h>

#define SECOND UINT64_C(1000000000)

static bool is_idle(const struct log_kind *k, uint64_t now)
{
	return k->full_ns <= now && k->suppressed == 0;
}

/* The first place that is free, or whose kind has not come for long; else the last one. */
static struct log_kind *find(struct log_limit *l, const void *format, uint64_t now)
{
	struct log_kind *place = NULL;

	for (unsigned i = 0; i < LOG_LIMIT_KINDS - 1; i++) {
		struct log_kind *k = &l->kinds[i];

		if (k->format == format)
			return k;
		if (place == NULL && is_idle(k, now))
			place = k;
	}
	if (place == NULL)
		return &l->kinds[LOG_LIMIT_KINDS - 1];
	*place = (struct log_kind){.format = format};
	return place;
}

static bool has_room(const struct log_kind *k, uint64_t now)
{
	return k->full_ns <= now + (LOG_LIMIT_BURST - 1) * SECOND;
}

static void take(struct log_kind *k, struct log_suppressed *suppressed)
{
	suppressed->n = k->suppressed;
	suppressed->level = k->level;
	snprintf(suppressed->text, sizeof(suppressed->text), "%s", k->text);
	k->suppressed = 0;
}

static void suppress(struct log_kind *k, uint32_t level)
{
	k->suppressed++;
	k->level = level;
}

struct log_kind *log_limit_hold(
	struct log_limit *l, const void *format, uint32_t level, uint64_t now_ns)
{
	struct log_kind *k = find(l, format, now_ns);

	suppress(k, level);
	return k;
}

struct log_kind *log_limit_admit(struct log_limit *l, const void *format, uint32_t level,
	uint64_t now_ns, struct log_suppressed *earlier)
{
	struct log_kind *k = find(l, format, now_ns);

	if (!has_room(k, now_ns)) {
		suppress(k, level);
		return NULL;
	}
	k->full_ns = (k->full_ns > now_ns ? k->full_ns : now_ns) + SECOND;
	take(k, earlier);
	return k;
}

void log_limit_written(struct log_kind *kind, const char *text)
{
	snprintf(kind->text, sizeof(kind->text), "%s", text);
}

bool log_limit_take(
	struct log_limit *l, uint64_t now_ns, bool must, struct log_suppressed *suppressed)
{
	for (unsigned i = 0; i < LOG_LIMIT_KINDS; i++) {
		struct log_kind *k = &l->kinds[i];

		if (k->suppressed > 0 && (must || has_room(k, now_ns))) {
			take(k, suppressed);
			return true;
		}
	}
	return false;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/log_module.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

enum { LINE_MAX_BYTES = 4096, TYPE_NAME_MAX = 64 };

void log_module_register(struct log_module *m)
{
	char name[TYPE_NAME_MAX];

	snprintf(name, sizeof(name), "uproar.%s", m->name);
	int type = rte_log_register_type_and_pick_level(name, RTE_LOG_INFO);
	m->type = type < 0 ? RTE_LOGTYPE_EAL : (uint32_t)type;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void tell(const struct log_module *m, const struct log_suppressed *s)
{
	rte_log(s->level, m->type, "%s: %" PRIu64 " suppressed like: %s\n", m->name, s->n, s->text);
}

/*
 * Whoever reads the log has stopped to: a pipe is full, a terminal held. A line would wait for it,
 * and with it who says it, and all others who say something.
 */
static bool is_stuck(void)
{
	struct pollfd at = {.fd = fileno(rte_log_get_stream()), .events = POLLOUT};

	return at.fd >= 0 && poll(&at, 1, 0) == 0;
}

void log_vline(struct log_module *m, uint32_t level, const char *format, va_list args)
{
	struct log_suppressed earlier;
	char line[LINE_MAX_BYTES];

	if (!rte_log_can_log(m->type, level))
		return;
	const bool stuck = is_stuck();
	pthread_mutex_lock(&m->lock);
	struct log_kind *kind =
		stuck ? log_limit_hold(&m->limit, format, level, now_ns())
		      : log_limit_admit(&m->limit, format, level, now_ns(), &earlier);
	if (kind != NULL) {
		vsnprintf(line, sizeof(line), format, args);
		log_limit_written(kind, line);
	}
	pthread_mutex_unlock(&m->lock);
	if (kind == NULL || stuck)
		return;
	if (earlier.n > 0)
		tell(m, &earlier);
	rte_log(level, m->type, "%s: %s\n", m->name, line);
}

void log_line(struct log_module *m, uint32_t level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_vline(m, level, format, args);
	va_end(args);
}

static bool take(struct log_module *m, bool all, struct log_suppressed *suppressed)
{
	pthread_mutex_lock(&m->lock);
	bool some = log_limit_take(&m->limit, now_ns(), all, suppressed);
	pthread_mutex_unlock(&m->lock);
	return some;
}

void log_tell_suppressed(struct log_module *m, bool all)
{
	struct log_suppressed suppressed;

	while (!is_stuck() && take(m, all, &suppressed))
		tell(m, &suppressed);
}

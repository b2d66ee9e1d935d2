/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A part of the program that logs, as a log type of DPDK: uproar.NAME. Its lines go to DPDK's log,
 * begin with its name, and are limited (log_limit.h). While nobody reads the log, lines are only
 * counted, so that nobody waits. Any thread may write them but a worker in its loop.
 */
#ifndef DATAPLANE_LOG_MODULE_H
#define DATAPLANE_LOG_MODULE_H

#include "dataplane/log_limit.h"

#include <pthread.h>
#include <rte_common.h>
#include <rte_log.h>
#include <stdarg.h>

struct log_module {
	const char *name;
	uint32_t type; // of DPDK
	pthread_mutex_t lock;
	struct log_limit limit; // under the lock
};

/* Defines one, in one source file; from the start it says what is RTE_LOG_INFO and worse. */
#define LOG_MODULE_DEFINE(symbol, word)                                               \
	struct log_module symbol = {.name = word, .lock = PTHREAD_MUTEX_INITIALIZER}; \
	RTE_INIT(symbol##_register)                                                   \
	{                                                                             \
		log_module_register(&symbol);                                         \
	}

void log_module_register(struct log_module *m);

/* A module's log.h defines LOG_HERE as its struct log_module. */
#define LOG_ERROR(...) log_line(&LOG_HERE, RTE_LOG_ERR, __VA_ARGS__)
#define LOG_WARNING(...) log_line(&LOG_HERE, RTE_LOG_WARNING, __VA_ARGS__)
#define LOG_NOTICE(...) log_line(&LOG_HERE, RTE_LOG_NOTICE, __VA_ARGS__)
#define LOG_INFO(...) log_line(&LOG_HERE, RTE_LOG_INFO, __VA_ARGS__)
#define LOG_DEBUG(...) log_line(&LOG_HERE, RTE_LOG_DEBUG, __VA_ARGS__)

/* One line without a line end; level is one of RTE_LOG_. */
__attribute__((format(printf, 3, 4))) void log_line(
	struct log_module *m, uint32_t level, const char *format, ...);

__attribute__((format(printf, 3, 0))) void log_vline(
	struct log_module *m, uint32_t level, const char *format, va_list args);

/* Says how many lines were suppressed of kinds that are quiet again, or, at the end, of all. */
void log_tell_suppressed(struct log_module *m, bool all);

#endif

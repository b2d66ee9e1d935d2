/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What control logs, and how much all modules say (log_module.def).
 */
#ifndef CONTROL_LOG_H
#define CONTROL_LOG_H

#include "dataplane/log_module.h"
#include "fanout/fanout.h"

extern struct log_module control_log;

#define LOG_HERE control_log

/* struct fanout_config's log. */
__attribute__((format(printf, 2, 0))) void log_of_fanout(
	enum fanout_severity severity, const char *format, va_list args);

/* Takes the levels of a configuration into use, at any time. */
struct config_log;
void log_apply(const struct config_log *levels);

/* Now and then: says what was suppressed and may be told; all: whatever was, at the end. */
void log_turn(bool all);

#endif

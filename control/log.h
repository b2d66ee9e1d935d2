/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Control's log type.
 */
#ifndef CONTROL_LOG_H
#define CONTROL_LOG_H

#include <rte_log.h>

extern int control_log;

#define LOG_AT(level, format, ...) \
	rte_log(RTE_LOG_##level, (uint32_t)control_log, "control: " format "\n", ##__VA_ARGS__)
#define LOG_ERROR(...) LOG_AT(ERR, __VA_ARGS__)
#define LOG_WARNING(...) LOG_AT(WARNING, __VA_ARGS__)
#define LOG_NOTICE(...) LOG_AT(NOTICE, __VA_ARGS__)
#define LOG_INFO(...) LOG_AT(INFO, __VA_ARGS__)

#endif

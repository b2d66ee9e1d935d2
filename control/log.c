/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/log.h"

#include "control/config.h"

#define LOG_MODULE(name) extern struct log_module name##_log;
#include "control/log_module.def"
#undef LOG_MODULE

LOG_MODULE_DEFINE(control_log, "control")
LOG_MODULE_DEFINE(fanout_log, "fanout")

static struct log_module *const modules[] = {
#define LOG_MODULE(name) &name##_log,
#include "control/log_module.def"
#undef LOG_MODULE
};

void log_of_fanout(enum fanout_severity severity, const char *format, va_list args)
{
	static const uint32_t levels[] = {
		RTE_LOG_DEBUG, RTE_LOG_INFO, RTE_LOG_WARNING, RTE_LOG_ERR};

	log_vline(&fanout_log, levels[severity], format, args);
}

void log_apply(const struct config_log *levels)
{
#define LOG_MODULE(name) rte_log_set_level(name##_log.type, levels->name);
#include "control/log_module.def"
#undef LOG_MODULE
}

void log_turn(bool all)
{
	for (unsigned i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		log_tell_suppressed(modules[i], all);
}

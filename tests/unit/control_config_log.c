/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How much the log says, as it is configured.
 */

#include "yaml_file.h"

#include <errno.h>
#include <rte_log.h>
#include <string.h>

static char error[1024];

static struct config_log levels_of(const char *text)
{
	struct config c;

	cr_assert_eq(load_text(&c, text, error, sizeof(error)), 0, "%s", error);
	struct config_log levels = c.log;
	config_free(&c);
	return levels;
}

Test(control_config_log, all_modules_say_what_is_to_be_known_unless_told_otherwise)
{
	struct config_log levels = levels_of("");

#define LOG_MODULE(name) cr_expect_eq(levels.name, RTE_LOG_INFO, #name);
#include "control/log_module.def"
#undef LOG_MODULE
}

Test(control_config_log, a_module_may_say_more_or_less_than_the_others)
{
	struct config_log levels =
		levels_of("log: {level: warning, control: debug, fanout: error}\n");

	cr_expect_eq(levels.control, RTE_LOG_DEBUG);
	cr_expect_eq(levels.dataplane, RTE_LOG_WARNING);
	cr_expect_eq(levels.level, RTE_LOG_WARNING);
	cr_expect_eq(levels.fanout, RTE_LOG_ERR);
	levels = levels_of("log:\n  dataplane: notice\n");
	cr_expect_eq(levels.control, RTE_LOG_INFO);
	cr_expect_eq(levels.dataplane, RTE_LOG_NOTICE);
	levels = levels_of("log: {level: notice, control: \"\"}\n");
	cr_expect_eq(levels.control, RTE_LOG_NOTICE);
}

Test(control_config_log, what_is_no_level_is_named_with_those_there_are)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"log:\n  level: loud\n", "log.level: 'loud' is no level: write error, warning"},
		{"log:\n  level: \"\"\n", "log.level: '' is no level"},
		{"log:\n  control: INFO\n", "log.control: 'INFO' is no level"},
		{"log:\n  fanout: 8\n", "log.fanout: '8' is no level"},
		{"log:\n  dataplane: off\n", "log.dataplane: 'off' is no level"},
		{"log:\n  controll: info\n", "controll"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c;

		cr_expect_eq(load_text(&c, rows[i].text, error, sizeof(error)), -EINVAL, "%s",
			rows[i].text);
		cr_expect_neq(strstr(error, rows[i].says), NULL, "%s", error);
		cr_expect_neq(strstr(error, "line 2"), NULL, "%s", error);
	}
}

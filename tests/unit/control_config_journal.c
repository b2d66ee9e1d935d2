/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The file of the journal and how long it keeps what, as they are configured.
 */

#include "yaml_file.h"

#include <errno.h>
#include <string.h>

static char error[1024];

Test(control_config_journal, there_is_none_by_default)
{
	struct config c;

	cr_assert_eq(load_text(&c, "", error, sizeof(error)), 0, "%s", error);
	cr_expect_eq(c.journal.file, NULL);
	cr_expect_eq(c.journal.keep_windows_hours, 48);
	cr_expect_eq(c.journal.keep_minutes_days, 90);
	cr_expect_eq(c.journal.keep_hours_days, 0);
	config_free(&c);
}

Test(control_config_journal, what_is_asked_for_is_taken)
{
	static const struct {
		const char *text;
		unsigned windows, minutes, hours;
	} rows[] = {
		{"journal: {file: /a/b}\n", 48, 90, 0},
		{"journal: {file: /a/b, keep_windows_hours: 24, keep_minutes_days: 1, "
		 "keep_hours_days: 1}\n",
			24, 1, 1},
		{"journal: {file: /a/b, keep_windows_hours: 0, keep_minutes_days: 0}\n", 0, 0, 0},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c;

		cr_assert_eq(load_text(&c, rows[i].text, error, sizeof(error)), 0, "%s", error);
		cr_expect_str_eq(c.journal.file, "/a/b");
		cr_expect_eq(c.journal.keep_windows_hours, rows[i].windows);
		cr_expect_eq(c.journal.keep_minutes_days, rows[i].minutes);
		cr_expect_eq(c.journal.keep_hours_days, rows[i].hours);
		config_free(&c);
	}
}

Test(control_config_journal, what_makes_no_sense_is_named)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"journal:\n  file: journal.db\n", "line 2: journal.file"},
		{"journal:\n  keep_windows_hours: 876001\n", "journal.keep_windows_hours"},
		{"journal:\n  keep_minutes_days: 1\n", "line 2: journal.keep_minutes_days"},
		{"journal:\n  keep_windows_hours: 0\n", "journal.keep_minutes_days"},
		{"journal:\n  keep_hours_days: 89\n", "line 2: journal.keep_hours_days"},
		{"journal:\n  keep_hours_days: 36501\n", "journal.keep_hours_days"},
		{"journal:\n  keep_days: 5\n", "'keep_days'"},
		{"journal:\n  keep_hours_days: 1e3\n", "journal.keep_hours_days"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c;

		cr_expect_eq(load_text(&c, rows[i].text, error, sizeof(error)), -EINVAL, "%s",
			rows[i].text);
		cr_expect_neq(strstr(error, rows[i].says), NULL, "%s: %s", rows[i].text, error);
	}
}

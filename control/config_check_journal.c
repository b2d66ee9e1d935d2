/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include <errno.h>
#include <string.h>

/* Is the one shorter than the other? 0 is for ever. */
static bool shorter(unsigned hours, unsigned than_hours)
{
	return hours != 0 && (than_hours == 0 || hours < than_hours);
}

/* What is joined first must not be kept for longer than what it is joined to. */
int config_check_journal(const struct config_check *k, const struct config *c)
{
	const struct config_journal *j = &c->journal;

	if (j->file != NULL && j->file[0] != '/')
		return config_wrong(k, "journal.file",
			"'%.60s' is no absolute path: write /var/lib/uproar/journal.db, or leave "
			"it empty",
			j->file);
	if (j->file != NULL && strlen(j->file) > CONFIG_JOURNAL_PATH_MAX)
		return config_wrong(
			k, "journal.file", "longer than %d bytes", CONFIG_JOURNAL_PATH_MAX);
	if (shorter(j->keep_minutes_days * 24, j->keep_windows_hours))
		return config_wrong(k, "journal.keep_minutes_days",
			"%u days are shorter than journal.keep_windows_hours, which is %u (0: for "
			"ever)",
			j->keep_minutes_days, j->keep_windows_hours);
	if (shorter(j->keep_hours_days, j->keep_minutes_days))
		return config_wrong(k, "journal.keep_hours_days",
			"%u days are shorter than journal.keep_minutes_days, which is %u (0: for "
			"ever)",
			j->keep_hours_days, j->keep_minutes_days);
	return 0;
}

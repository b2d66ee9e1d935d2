/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/journal_json.h"

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

struct journal_lag journal_lag(const struct journal_status *status, const struct store *s)
{
	const struct store_shown *shown = store_now_shown(s);

	if (shown->window <= status->window)
		return (struct journal_lag){0};
	return (struct journal_lag){
		.windows = shown->window - status->window,
		.ms = shown->ends > status->ends ? shown->ends - status->ends : 0,
	};
}

json_t *journal_json(struct journal *j, const struct store *s)
{
	struct journal_status status;

	if (!journal_read_status(j, &status))
		return json_null();
	const struct journal_lag lag = journal_lag(&status, s);
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "file",
		journal_path(j), "window", number(status.window), "lag_windows",
		number(lag.windows), "lag_ms", number(lag.ms), "written", number(status.written),
		"joined", number(status.joined), "errors", number(status.errors), "error",
		status.error, "commit_us", number(status.commit_us), "size", number(status.size));
}

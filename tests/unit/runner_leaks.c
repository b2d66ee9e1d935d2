/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Leaks are looked for in the processes that run our tests, not in Criterion's runner, which starts
 * them: with some numbers of tests it keeps 48 bytes of its own, and the sanitizer then ends it
 * before it has written its report.
 */

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <stdbool.h>

static bool is_runner;

/* The runner alone comes here, behind the last test. */
ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	is_runner = true;
}

/* Asked by LeakSanitizer before it looks. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return is_runner;
}

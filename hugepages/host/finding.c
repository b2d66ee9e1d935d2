/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 4, 0))) static void append(
	char *out, size_t cap, const char *between, const char *format, va_list list)
{
	size_t used = strlen(out);

	if (used > 0 && used < cap)
		used += (size_t)snprintf(out + used, cap - used, "%s", between);
	if (used < cap)
		vsnprintf(out + used, cap - used, format, list);
}

#define APPEND(out, between, format)                             \
	do {                                                     \
		va_list list;                                    \
		va_start(list, format);                          \
		append(out, sizeof(out), between, format, list); \
		va_end(list);                                    \
	} while (0)

void finding_is(struct host_finding *f, enum host_verdict verdict, const char *format, ...)
{
	f->verdict = verdict;
	f->has_todo = verdict == HOST_TODO;
	f->said[0] = '\0';
	APPEND(f->said, "", format);
}

void finding_also(struct host_finding *f, enum host_verdict verdict, const char *format, ...)
{
	if (f->said[0] == '\0' || verdict > f->verdict)
		f->verdict = verdict;
	f->has_todo |= verdict == HOST_TODO;
	APPEND(f->said, "; ", format);
}

void finding_mend(struct host_finding *f, const char *format, ...)
{
	APPEND(f->mend, "\n", format);
}

void finding_lasting(struct host_finding *f, const char *format, ...)
{
	APPEND(f->lasting, "\n", format);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_complaint.h"

#include "control/config_lines.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int config_wrong(const struct config_check *k, const char *path, const char *format, ...)
{
	unsigned line = config_line(k->source->text, k->source->len, path);
	char what[384], at[32] = "";
	va_list list;

	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	if (line != 0) // else the value is the default's
		snprintf(at, sizeof(at), "line %u: ", line);
	snprintf(k->error, k->cap, "%s: %s%s: %s", k->source->path, at, path, what);
	return -EINVAL;
}

int config_in_range(
	const struct config_check *k, const char *path, unsigned value, unsigned low, unsigned high)
{
	if (value >= low && value <= high)
		return 0;
	return config_wrong(k, path, "%u is outside %u to %u", value, low, high);
}

bool config_is_name(const char *text, const char *others)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (!isalnum((unsigned char)*at) && strchr(others, *at) == NULL)
			return false;
	}
	return text[0] != '\0';
}

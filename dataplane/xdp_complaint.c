/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/xdp_complaint.h"

#include "dataplane/log.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What libbpf puts before the kernel's words; its own name stands before that. */
static const char introduction[] = "Kernel error message: ";

static char last[320];

__attribute__((format(printf, 2, 0))) static int hear(
	enum libbpf_print_level level, const char *format, va_list arguments)
{
	char line[sizeof(last)];

	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(line, sizeof(line), format, arguments);
	line[strcspn(line, "\n")] = '\0';
	const char *at = strstr(line, introduction);
	if (at != NULL)
		snprintf(last, sizeof(last), "%s", at + strlen(introduction));
	else
		LOG_WARNING("%s", line);
	return 0;
}

void xdp_complaint_listen(void)
{
	last[0] = '\0';
	libbpf_set_print(hear);
}

const char *xdp_complaint(void)
{
	return last;
}

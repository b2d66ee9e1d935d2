/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Saying what is wrong with a configuration: the file, the line, the option, what was found and
 * what was wanted.
 */
#ifndef CONTROL_CONFIG_COMPLAINT_H
#define CONTROL_CONFIG_COMPLAINT_H

#include <stdbool.h>
#include <stddef.h>

/* The text that is checked, to find lines in. */
struct config_source {
	const char *path;
	const char *text;
	size_t len;
};

struct config_check {
	const struct config_source *source;
	char *error;
	size_t cap;
};

/* Always -EINVAL, with "FILE: line N: PATH: what" in the error; no line if PATH is not in the file.
 */
__attribute__((format(printf, 3, 4))) int config_wrong(
	const struct config_check *k, const char *path, const char *format, ...);

/* 0, or config_wrong(). */
int config_in_range(const struct config_check *k, const char *path, unsigned value, unsigned low,
	unsigned high);

/* Letters, digits and these others, and not empty. */
bool config_is_name(const char *text, const char *others);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A configuration from a text: written to a file of its own, loaded, and the file is gone.
 */
#ifndef TESTS_YAML_FILE_H
#define TESTS_YAML_FILE_H

#include "control/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline int load_bytes(
	struct config *c, const void *text, size_t len, char *error, size_t cap)
{
	char path[] = "/tmp/unit-control-XXXXXX";
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
	error[0] = '\0';
	int ret = config_load(c, path, error, cap);
	unlink(path);
	if (strncmp(error, path, strlen(path)) == 0) // the file comes first in a message
		memmove(error, error + strlen(path), strlen(error + strlen(path)) + 1);
	else
		cr_expect_eq(ret, 0, "the message names the file: %s", error);
	return ret;
}

static inline int load_text(struct config *c, const char *text, char *error, size_t cap)
{
	return load_bytes(c, text, strlen(text), error, cap);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A file of keys with a given text, of mode 0600.
 */
#ifndef TESTS_KEY_TEXT_H
#define TESTS_KEY_TEXT_H

#include "wire/key_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_TEXT_PATH = 32 };

/* Makes a file and returns its path; the caller unlinks it. */
static inline const char *key_text_write(char path[KEY_TEXT_PATH], const char *text)
{
	snprintf(path, KEY_TEXT_PATH, "/tmp/unit-keys-XXXXXX");
	int fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

#endif

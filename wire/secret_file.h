/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A small text file with secrets in it, which is read only if nobody else can read or change it.
 */
#ifndef WIRE_SECRET_FILE_H
#define WIRE_SECRET_FILE_H

#include <stddef.h>

enum { SECRET_FILE_MAX = 64 << 10 };

/*
 * Reads a regular file of mode 0600 that belongs to this user or to root; a symbolic link is
 * refused. what: is in it, for sentences ("keys"). 0, or -errno with a sentence in error (-EPERM:
 * not for us alone, -EINVAL: too large, else what open() or read() said), which does not name the
 * file. The caller wipes the text when it has done with it, also after an error.
 */
int secret_file_read(const char *path, const char *what, char text[SECRET_FILE_MAX + 1],
	size_t *len, char *error, size_t cap);

#endif

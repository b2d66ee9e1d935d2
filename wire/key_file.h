/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The file of the keys that tickets are made and verified with (docs/operating.md): the appliance
 * and the command read the same one. One key a line, its id and 32 hexadecimal digits; from # on a
 * comment:
 *
 *	1  000102030405060708090a0b0c0d0e0f  # since June
 *
 * What lies in it is secret, so it is read only if nobody else can read or change it. A message
 * never repeats what a line holds.
 */
#ifndef WIRE_KEY_FILE_H
#define WIRE_KEY_FILE_H

#include "wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key_file {
	unsigned n; // how many there are, at least 1
	bool present[WIRE_KEYS_MAX];
	uint8_t key[WIRE_KEYS_MAX][WIRE_KEY_LEN]; // by id
};

/*
 * Reads a regular file of mode 0600 that belongs to this user or to root; a symbolic link is
 * refused. 0, or -errno with a sentence in error that names the file, and the line if it is one
 * (-EPERM: not for us alone, -EINVAL: what it says, else what open() or read() said). The caller
 * wipes *out when it has done with it, also after an error: key_file_wipe().
 */
int key_file_read(const char *path, struct key_file *out, char *error, size_t cap);

/* The text of such a file. 0, or -EINVAL with "line N: …" in error. */
int key_file_parse(const char *text, size_t len, struct key_file *out, char *error, size_t cap);

void key_file_wipe(struct key_file *keys);

#endif

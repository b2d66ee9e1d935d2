/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Where in a YAML text something stands, for messages.
 */
#ifndef CONTROL_CONFIG_LINES_H
#define CONTROL_CONFIG_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* Is this YAML at all? If not, error says in which line and why. */
bool config_well_formed(const char *text, size_t len, char *error, size_t cap);

/* Line (from 1) of the first key of that name at or behind a line; that line if there is none. */
unsigned config_line_of_key(const char *text, size_t len, const char *key, unsigned from);

/*
 * Line of the value at a path such as "catalogue[3].emoji[0]", or of the last part of the path that
 * exists; 0 if nothing of it does.
 */
unsigned config_line(const char *text, size_t len, const char *path);

/* Is there a value at that path, were it an empty list? */
bool config_present(const char *text, size_t len, const char *path);

/*
 * Is what stands at this path, if anything does, a whole number in digits? libcyaml also takes 2e3
 * for 2, 2000ms for 2000 and 0100 for 64.
 */
bool config_is_decimal(const char *text, size_t len, const char *path);

#endif

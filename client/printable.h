/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* May a stranger's text be shown on a terminal? */
#ifndef CLIENT_PRINTABLE_H
#define CLIENT_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Well-formed UTF-8 without control characters (C0, DEL, C1), separators of lines and paragraphs,
 * and what turns the direction of writing.
 */
bool printable(const char *text, size_t len);

#endif

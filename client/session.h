/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Sessions: 56 bits drawn by chance, never zero, written as 14 hexadecimal digits. */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include <stdint.h>

enum { SESSION_TEXT_MAX = 15 };

uint64_t session_random(void);

/* 0, or -EINVAL. */
int session_parse(const char *text, uint64_t *out);

/* Returns out. */
const char *session_write(uint64_t session, char out[SESSION_TEXT_MAX]);

#endif

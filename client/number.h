/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Numbers as a person writes them: decimal digits and nothing else, within bounds. */
#ifndef CLIENT_NUMBER_H
#define CLIENT_NUMBER_H

#include <stdint.h>

/* 0, or -EINVAL for what is no number, -ERANGE for one outside min to max. */
int number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *out);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Numbers in at most five columns, for tables and axes. */
#ifndef CLIENT_SHORT_NUMBER_H
#define CLIENT_SHORT_NUMBER_H

/* 0.25, 7.3, 130, 4.2k, 12M. Not negative. Returns out. */
const char *short_number(double x, char out[16]);

#endif

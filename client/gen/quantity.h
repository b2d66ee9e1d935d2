/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Quantities as a person writes them; nothing but what is said here. */
#ifndef CLIENT_GEN_QUANTITY_H
#define CLIENT_GEN_QUANTITY_H

/* "0.5", "12", "1500". 0, or -EINVAL for what is no such number, -ERANGE outside min to max. */
int quantity_parse(const char *text, double min, double max, double *out);

/* "1000", "250k", "14.2M". The same. */
int quantity_parse_rate(const char *text, double min, double max, double *out);

/* "0,0.5": at most cap numbers, ascending. How many, or -EINVAL. */
int quantity_parse_list(const char *text, double min, double max, double *out, unsigned cap);

/* "2" or "2,4-7": at most cap numbers up to max, none of them twice. How many, or -EINVAL. */
int quantity_parse_cpus(const char *text, unsigned max, unsigned *out, unsigned cap);

#endif

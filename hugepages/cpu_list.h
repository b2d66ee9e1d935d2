/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Lists of CPUs as the kernel writes them, "0-3,8".
 */
#ifndef HUGEPAGES_CPU_LIST_H
#define HUGEPAGES_CPU_LIST_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/* Text of any list of CPU_SETSIZE CPUs. */
enum { CPU_LIST_MAX = 5 * CPU_SETSIZE };

/* Words before the numbers, as isolcpus= has them, are skipped. False: it is no such list. */
bool cpu_list_parse(const char *text, cpu_set_t *out);

/* False: it did not fit, and out is "", for a list that is cut is another list. */
bool cpu_list_write(const cpu_set_t *set, char *out, size_t cap);

bool cpu_list_overlap(const cpu_set_t *a, const cpu_set_t *b);
bool cpu_list_within(const cpu_set_t *inner, const cpu_set_t *outer);

#endif

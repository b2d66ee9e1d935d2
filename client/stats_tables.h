/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The appliance's answers to `stats` and `slowest`, as tables that a person reads. */
#ifndef CLIENT_STATS_TABLES_H
#define CLIENT_STATS_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What the answer lacks is shown as '-'. all: refusals that never occurred, too. */
void stats_print(FILE *to, const char *json, size_t len, bool all);

/* Is there to be a ledger in it? Nodes of a cluster that count nothing have none. */
bool stats_has_ledger(const char *json, size_t len);

/* Is this an answer to `slowest`? */
bool stats_has_slowest(const char *json, size_t len);

/* That answer as a table. */
void stats_print_slowest(FILE *to, const char *json, size_t len);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What `uproar stats` shows, as one JSON object.
 */
#ifndef CONTROL_STATS_JSON_H
#define CONTROL_STATS_JSON_H

struct appliance;

/* NULL: no memory. free() it. One line without a line end. */
char *stats_json(const struct appliance *a);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What an answer to `stats` says of a cluster. */
#ifndef CLIENT_STATS_CLUSTER_H
#define CLIENT_STATS_CLUSTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Does whoever answered count datagrams? Nodes of a cluster that do not have no ledger. */
bool stats_counts(const json_t *root);

/* Does it serve subscribers? */
bool stats_serves(const json_t *root);

/* Why something does not go on, a marked line for each part of the node that complains. */
void stats_complaints(FILE *to, const json_t *cluster);

/* The parts of a node; nothing if there is no cluster. */
void stats_cluster(FILE *to, const json_t *cluster);

#endif

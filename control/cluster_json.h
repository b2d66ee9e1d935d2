/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The cluster's part of the statistics.
 */
#ifndef CONTROL_CLUSTER_JSON_H
#define CONTROL_CLUSTER_JSON_H

#include "control/cluster/cluster.h"

#include <jansson.h>

/* Names of roles (enum config_role). NULL: no memory. */
json_t *roles_json(unsigned roles);

/* null without a cluster. NULL: no memory. */
json_t *cluster_json(struct cluster *c, const struct config *config);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A node of a cluster that counts nothing: it merges, or serves subscribers, or both. It has no
 * workers, no arena and no journal; all that it knows is in Kafka. (A node that counts is an
 * appliance, and may do the same besides.)
 */
#ifndef CONTROL_NODE_H
#define CONTROL_NODE_H

#include "control/appliance.h"

struct node {
	const struct appliance_options *options;
	const struct config *start;  // the configuration of the start
	const struct config *config; // in effect: keep no pointers into it, a reload replaces it
	struct config *own_config;   // the same, if a reload made it
	struct fanout *fanout;
	struct cluster *cluster;
	struct cluster_frames *cluster_frames; // NULL: nobody is served
	struct cluster_health cluster_health;
	struct service service;
	struct control_socket socket;
	struct reload reload;
	struct metrics_server metrics;
	uint64_t started_ns;       // monotonic
	uint64_t started_wall_ms;  // the same moment, Unix time
	uint64_t slowest_asked_ns; // slowest_json()
};

/* As appliance_run(). */
int node_run(const struct config *config, const struct appliance_options *options);

#endif

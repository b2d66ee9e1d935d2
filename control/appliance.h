/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One running appliance: its parts in the order in which they start.
 */
#ifndef CONTROL_APPLIANCE_H
#define CONTROL_APPLIANCE_H

#include "control/broadcast.h"
#include "control/catalogue.h"
#include "control/channels.h"
#include "control/cluster_frames.h"
#include "control/cluster_health.h"
#include "control/config.h"
#include "control/control_socket.h"
#include "control/heartbeat.h"
#include "control/journal.h"
#include "control/metrics_server.h"
#include "control/policies.h"
#include "control/questions.h"
#include "control/reload.h"
#include "control/service.h"
#include "control/store.h"
#include "control/ticket_admission.h"
#include "control/timelines.h"
#include "control/window_clock.h"
#include "control/workload.h"

/* Exit codes of uproard for each way in which a start can fail. */
enum appliance_exit {
	EXIT_USAGE = 2,
	EXIT_CONFIG = 3,
	EXIT_ARENA = 4,
	EXIT_DEVICES = 5,
	EXIT_FANOUT = 6,
	EXIT_CONTROL = 7,
	EXIT_JOURNAL = 8,
	EXIT_USER = 9,
	EXIT_CLUSTER = 10,
};

struct appliance_options {
	bool new_arena;          // begin afresh
	bool temporary_arena;    // remove it at the end
	const char *config_path; // absolute; NULL: there is no file
	struct config_overrides overrides;
};

struct appliance {
	const struct appliance_options *options;
	const struct config *start;  // the configuration of the start
	const struct config *config; // in effect: keep no pointers into it, a reload replaces it
	struct config *own_config;   // the same, if a reload made it
	struct store store;
	struct catalogue catalogue; // the same holds for what it points to
	struct policies policies;
	struct channels channels;
	struct ticket_admission tickets;
	struct dataplane *dataplane;
	struct fanout *fanout;
	struct windows windows;
	struct journal *journal; // NULL: none
	struct workload workload;
	struct heartbeat heartbeat;
	struct service service;
	struct control_socket socket;
	struct reload reload;
	struct metrics_server metrics;
	struct questions *questions;           // of other threads
	struct timelines *timelines;           // NULL: there is none to show
	struct cluster *cluster;               // NULL: this is the only machine
	struct cluster_frames *cluster_frames; // and its frames; NULL: the same
	struct cluster_health cluster_health;
	struct window_clock clock;
	uint64_t unshown;          // taps that an earlier process counted and did not show
	uint64_t rx_before;        // what the workers had received before this start
	uint64_t started_ns;       // monotonic
	uint64_t started_wall_ms;  // the same moment, Unix time
	uint64_t slowest_asked_ns; // monotonic: slowest_json() waits for an answer; 0: it does not
};

/* Whose subscribers have the channels that are counted here; NULL: they have those of a cluster. */
static inline struct fanout *appliance_shows_on(const struct appliance *a)
{
	return a->cluster == NULL ? a->fanout : NULL;
}

/* Runs until SIGTERM, SIGINT or SIGQUIT; SIGHUP reads the configuration again. An exit code; what
 * failed has been logged. */
int appliance_run(const struct config *config, const struct appliance_options *options);

#endif

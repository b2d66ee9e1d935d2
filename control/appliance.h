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
#include "control/config.h"
#include "control/control_socket.h"
#include "control/heartbeat.h"
#include "control/metrics_server.h"
#include "control/questions.h"
#include "control/service.h"
#include "control/store.h"
#include "control/ticket_admission.h"
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
	EXIT_USER = 8,
};

struct appliance {
	const struct config *config;
	struct store store;
	struct catalogue catalogue;
	struct policy policy;
	struct ticket_admission tickets;
	struct dataplane *dataplane;
	struct fanout *fanout;
	struct windows windows;
	struct workload workload;
	struct heartbeat heartbeat;
	struct service service;
	struct control_socket socket;
	struct metrics_server metrics;
	struct questions *questions; // of other threads
	struct window_clock clock;
	uint64_t unshown;          // taps that an earlier process counted and did not show
	uint64_t rx_before;        // what the workers had received before this start
	uint64_t started_ns;       // monotonic
	uint64_t started_wall_ms;  // the same moment, Unix time
	uint64_t slowest_asked_ns; // monotonic: slowest_json() waits for an answer; 0: it does not
};

struct appliance_options {
	bool new_arena;       // begin afresh
	bool temporary_arena; // remove it at the end
};

/* Runs until SIGTERM, SIGINT or SIGQUIT; SIGHUP reads the keys of tickets again. An exit code; what
 * failed has been logged. */
int appliance_run(const struct config *config, const struct appliance_options *options);

#endif

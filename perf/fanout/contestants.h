/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Who takes part: servers, each with the protocol of its own subscribers. The first is the floor,
 * which all others are set against.
 */
#ifndef PERF_FANOUT_CONTESTANTS_H
#define PERF_FANOUT_CONTESTANTS_H

#include "perf/fanout/server.h"

enum { CONTESTANTS_MAX = 16, CONTESTANT_FLOOR = 0 };

struct contestant {
	const char *name;
	enum dialogue_kind dialogue;
	const struct server_kind *server;
	bool real; // the appliance itself: frames come when its windows end
};

extern const struct contestant contestants[];
extern const unsigned n_contestants;

/* The kinds of server: ours.c and rivals.c. */
extern const struct server_kind server_floor, server_engine_tcp, server_engine_http,
	server_engine_mqtt, server_engine_https;
extern const struct server_kind server_mosquitto, server_nats, server_nchan;

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One contestant at work: its server, its subscribers, and frames that it is made to send.
 */
#ifndef PERF_FANOUT_RUNNER_H
#define PERF_FANOUT_RUNNER_H

#include "perf/fanout/contestants.h"
#include "perf/fanout/core.h"
#include "perf/fanout/holder.h"

enum { PAYLOAD_LEN = 180 };

struct runner {
	const struct contestant *contestant;
	struct server server;
	struct dialogue dialogue;
	struct arrivals *arrivals;
	struct holders holders;
	uint32_t window; // of the last frame
};

/* How its subscribers came. */
struct joining {
	double seconds;
	double busy;         // of the server's core, seconds
	double user, kernel; // bytes, of all connections; kernel is of both ends
	double epoll;        // of the clients' end; both < 0: only root may know
};

/* Microseconds since the frame was published. */
struct round {
	double first, median, p99, last;
};

/* So many rounds, each as soon as the one before was delivered. */
struct turn {
	unsigned rounds;
	double seconds;
	double busy;       // of the server's core, seconds
	double deliveries; // a second
	double wall;       // microseconds a delivery, from publishing to the last arrival
	struct round of;   // medians over the rounds
	double skew;
};

struct runner_cpus {
	unsigned server, clients;
};

/*
 * Starts the server and the processes of its subscribers, and lets them subscribe. payload_len: of
 * its frames. 0, or -errno after a complaint; then nothing is left of it.
 */
int runner_start(struct runner *r, const struct contestant *c, const struct server_place *place,
	unsigned subscribers, unsigned payload_len, struct runner_cpus cpus,
	struct joining *joining);
void runner_stop(struct runner *r);

/* False: not all that should have got the frame. */
bool runner_round(struct runner *r, struct round *out);

/* For so many seconds, and at least three rounds. */
bool runner_turn(struct runner *r, double seconds, struct turn *out);

/* Frames in the kernel for a subscriber that reads nothing: the median of those, and the most. */
struct backlog {
	double median, most;
};

struct backlog runner_backlog(const struct runner *r);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The two ways by which a frame comes to a viewer, measured in turn in one run: answers over memif,
 * by the worker's own burst function, and send() over TCP on loopback.
 */
#ifndef PERF_ANSWERS_H
#define PERF_ANSWERS_H

#include "perf/bench.h"

enum { ANSWERS_CONNECTIONS = 1000 };

/* The same frame for both: the longest there is. */
size_t answers_frame(uint16_t channel, uint8_t out[WIRE_FRAME_MAX]);

enum answers_way {
	WAY_TOUCH, // receive, read the first 8 bytes and free
	WAY_COUNT, // without answers
	WAY_ANSWER,
	WAYS,
};

struct answers_wire;

/* The worker's end and who asks, a process of its own that is stopped to begin with. */
int answers_wire_open(struct answers_wire **out, const struct bench_cpus *cpus);
void answers_wire_close(struct answers_wire *w);
pid_t answers_wire_asker(const struct answers_wire *w);

/* Lets it ask, or not; then what lies in the queue is taken out. */
void answers_wire_run(struct answers_wire *w, bool run);

struct answers_sample {
	uint64_t frames, bursts; // received
	uint64_t answers;        // sent, each with a sentiment frame
	uint64_t ticks;          // of all of it, looks at an empty queue included
	uint64_t idle_ticks;     // of those looks
};

struct answers_sample answers_wire_sample(
	struct answers_wire *w, enum answers_way way, double seconds);

struct answers_tcp;

int answers_tcp_open(struct answers_tcp **out, const struct bench_cpus *cpus);
void answers_tcp_close(struct answers_tcp *t);

/* Sends the frame to each connection so many times. Nanoseconds of this thread a send(), or < 0. */
double answers_tcp_sample(struct answers_tcp *t, unsigned waves);

#endif

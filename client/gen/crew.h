/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* All cores that send, as one: a rate is shared among them, and what they did is added up. */
#ifndef CLIENT_GEN_CREW_H
#define CLIENT_GEN_CREW_H

#include "client/gen/sender.h"

struct crew {
	struct device *device;
	unsigned n;
	atomic_bool stop;
	struct sender senders[DEVICE_QUEUES_MAX];
};

/* While they send. */
struct crew_progress {
	double seconds; // so far
	uint64_t offered, sent, refused, answered;
};

struct crew_report {
	struct sender_counts sum; // ticks and pause_ticks: the longest
	double seconds;
	double offered_rate; // frames a second
	double busy;         // share of the time in which frames were made and handed over
	double ceiling;      // frames a second that these cores can make and hand over; 0: unknown
	double pause;        // seconds, the longest
	bool interrupted;
};

/* Lcores 1 to n send, each by a queue of its own. 0, or -errno after a complaint. */
int crew_open(struct crew *c, struct device *device, unsigned n, const struct traffic_spec *spec,
	bool answers);
void crew_close(struct crew *c);

typedef void crew_watcher(void *ctx, const struct crew_progress *now);

/*
 * Sends at a rate (0: as fast as the ring takes it) for so long, or until a signal comes; watch, if
 * there is one, is called about once a second. 0, or -errno after a complaint.
 */
int crew_send(struct crew *c, double rate, double seconds, int signals, crew_watcher *watch,
	void *ctx, struct crew_report *out);

/* Takes answers that come after the last frame was sent, until no more do; how many. */
uint64_t crew_late_answers(struct crew *c);

#endif

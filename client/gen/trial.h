/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One trial: what the device under test has counted before, a load for some time, what it has
 * counted once nothing more comes, and so what was lost.
 */
#ifndef CLIENT_GEN_TRIAL_H
#define CLIENT_GEN_TRIAL_H

#include "client/gen/appliance.h"
#include "client/gen/crew.h"

struct bench {
	struct device *device;
	struct crew *crew;
	struct appliance appliance; // by APPLIANCE_NONE: nobody is asked
	unsigned drain_ms;          // nothing came for so long: nothing more comes
	int signals;
};

struct trial {
	double rate, wanted_seconds; // rate 0: as fast as the ring takes it
	struct crew_report sent;
	bool asked;
	struct appliance_counts took; // of what was sent, as far as nobody else sends
	uint64_t lost;                // refused by their ring, or sent and not taken
	uint64_t foreign;             // came and was not sent
	bool otherwise;               // all was taken, but not counted as it had to be
	double stolen;                // seconds of CPUs of this machine, by a hypervisor
	bool disturbed;               // of who takes or sends somebody else had the CPU
};

/*
 * 0; with what was done so far -EINTR after a signal, and -ERANGE after a complaint where the
 * sequence numbers of sessions have ended; or another -errno after a complaint.
 */
int trial_run(const struct bench *b, double rate, double seconds, crew_watcher *watch, void *ctx,
	struct trial *out);

/* What is sent and what became of it, from their counts. */
void trial_judge(struct trial *t);

#endif

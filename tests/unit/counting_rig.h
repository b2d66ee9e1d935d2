/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A counter with the default catalogue and two open channels, without a device: for tests and
 * fuzzers.
 */
#ifndef TESTS_COUNTING_RIG_H
#define TESTS_COUNTING_RIG_H

#include "control/catalogue.h"
#include "dataplane/counter.h"
#include "dataplane/policy.h"

#include <stdbool.h>

/* Channels 0 and 1 have rows 2 and 1; nothing may ever be counted into rows 0 and 3. */
enum { RIG_BUCKETS = 256, RIG_ROWS = 4, RIG_STRIDE = 64, RIG_ROW_OF_0 = 2, RIG_ROW_OF_1 = 1 };

/* Unix seconds; the ticket of docs/protocol.md is good until then. */
enum { RIG_NOW = 1800000000 };

struct counting_rig {
	struct config config;
	struct catalogue catalogue;
	struct policy policy;
	struct ticket_keys *keys; // ids 1 (00 01 … 0f) and 7; none where the processor has no AES
	struct worker_block block;
	uint64_t tallies[RIG_ROWS][RIG_STRIDE];
	bool moved[RIG_ROWS];
	struct undo undo;
	void *table; // of sessions
	struct reactors_head reactors_head;
	struct reactors_row reactors[RIG_ROWS];
	struct counter counter;
};

struct counting_rig *counting_rig_new(void);
void counting_rig_free(struct counting_rig *rig);

/* Does channel 1 want tickets? Not to begin with. Only where ticket_supported(). */
void counting_rig_want_tickets(struct counting_rig *rig, bool wanted);

/* Of one row, and of all. */
uint64_t counting_rig_taps(const struct counting_rig *rig, unsigned row);
uint64_t counting_rig_all_taps(const struct counting_rig *rig);

/* Are tallies, marks and statistics as in an earlier copy? */
int counting_rig_same(const struct counting_rig *rig, const struct counting_rig *before);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * After a kill: a worker may have died between adding taps to its tallies and counting them in its
 * statistics. The tallies are the truth; the statistics are brought in line before a worker takes
 * them over, and what was added to them says so (taps_recovered).
 */
#ifndef CONTROL_RECOVERY_H
#define CONTROL_RECOVERY_H

#include "control/store.h"

struct recovery {
	unsigned finished; // batches that had been claimed, and were counted to the end
	unsigned left_out; // batches that had not been claimed
	uint64_t taps_in_doubt;
};

/*
 * Finishes, or leaves out, the batch that each worker had in flight. On the arena as the workers
 * left it, before anything else. Workers must not run.
 */
void recovery_finish(const struct store *s, struct recovery *r);

/* Returns how many taps were found that the statistics did not know. Workers must not run. */
uint64_t recovery_mend(struct store *s);

/* Both, and what they found goes to the log: at the start, before anything else uses the arena. */
void recovery_run(struct store *s);

/* Taps in the tallies of all workers, and those of rows that are no more. */
uint64_t recovery_taps_in_tallies(const struct store *s);

#endif

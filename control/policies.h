/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The policy that workers have, and those that they had and may still be using. Each is whole: a
 * change makes another one, and the workers go over to it between two bursts.
 */
#ifndef CONTROL_POLICIES_H
#define CONTROL_POLICIES_H

#include "control/catalogue.h"
#include "control/store.h"

struct held_policy {
	struct policy policy;
	struct policy_edition *edition;
	struct text_matcher *matcher; // a reference, for the scanners of the edition
	uint64_t grace;               // since when no worker takes it up again
	struct held_policy *next;     // that was retired before
};

struct policies {
	struct held_policy *now; // NULL before the first
	struct held_policy *retired;
};

/*
 * A policy without channels and keys, for so many workers. From any thread. NULL: no memory.
 */
struct held_policy *policy_make(
	const struct config *config, const struct catalogue *catalogue, unsigned workers);
void policy_free(struct held_policy *p); // that no worker has; NULL is allowed

/* The channels of the configuration, whose rows are open in the store. Before workers have it. */
void policy_set_rows(struct policy *p, const struct config *config, const struct store *store);

/* Workers that run take this one; the one before is kept until none uses it any more. */
void policies_replace(struct policies *p, struct held_policy *next, struct dataplane *dataplane);

/* Away with those that no worker uses any more. Returns whether all workers have the newest. */
bool policies_turn(struct policies *p, struct dataplane *dataplane);

/* After the workers have stopped. */
void policies_close(struct policies *p);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The loss against the load: of all trials of a load that count, together. */
#ifndef CLIENT_GEN_LOADS_H
#define CLIENT_GEN_LOADS_H

#include "client/gen/search.h"

struct load {
	double rate; // frames a second
	double seconds;
	uint64_t offered, lost;
	unsigned trials;
};

/* Ascending; how many there are. */
unsigned loads_of(const struct search *s, struct load out[SEARCH_TRIALS_MAX]);

#endif

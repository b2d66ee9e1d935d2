/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What was made, and what an appliance must count of it if all of it arrives once and in order. */
#ifndef CLIENT_TRAFFIC_TALLY_H
#define CLIENT_TRAFFIC_TALLY_H

#include "client/traffic/traffic.h"

struct traffic_tally {
	uint64_t frames, bytes; // without the frame checks
	uint64_t accepted;
	uint64_t batches, batches_counted; // those of accepted datagrams; the rest are duplicates
	uint64_t taps;
	uint64_t refused[REFUSALS];
};

static inline void traffic_tally_add(
	struct traffic_tally *t, const struct traffic_kind *kind, uint32_t len)
{
	t->frames++;
	t->bytes += len;
	if (kind->refusal != REFUSED_none) {
		t->refused[kind->refusal]++;
		return;
	}
	t->accepted++;
	t->batches += kind->batches;
	t->batches_counted++;
	t->taps += kind->taps;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/audience.h"

#include <stdbool.h>

static bool is_parent(const struct catalogue *c, uint16_t id)
{
	for (unsigned i = 0; i < c->channels; i++) {
		if (c->channel[i].parent == id)
			return true;
	}
	return false;
}

void audience_choose(const struct catalogue *catalogue, struct audience *out)
{
	out->n = 0;
	for (unsigned i = 0; i < catalogue->channels && out->n < AUDIENCE_CHANNELS_MAX; i++) {
		uint16_t id = catalogue->channel[i].id;

		if (id != 0 && !is_parent(catalogue, id))
			out->channels[out->n++] = id;
	}
}

/* Each taps about once a second. */
unsigned audience_viewers(uint64_t taps_per_second)
{
	if (taps_per_second < 256)
		return 256;
	return taps_per_second > 1 << 17 ? 1 << 17 : (unsigned)taps_per_second;
}

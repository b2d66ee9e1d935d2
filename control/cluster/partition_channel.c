/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/partition_state.h"

#include <stdlib.h>
#include <string.h>

struct channel *partition_channel(struct partition *p, uint16_t id)
{
	struct channel **place = &p->channels[id / p->of];

	if (id % p->of != p->number || id == WIRE_CHANNEL_NONE)
		return NULL;
	if (*place != NULL)
		return *place;
	*place = calloc(1, sizeof(**place));
	if (*place == NULL)
		return NULL;
	(*place)->id = id;
	p->stats.channels++;
	return *place;
}

void channel_free(struct channel *c)
{
	if (c == NULL)
		return;
	for (unsigned i = 0; i < c->n_sources; i++)
		free(c->sources[i].counts);
	free(c->sources);
	free(c->banks);
	free(c->retired_sources);
	free(c);
}

static bool same_source(const struct record_source *a, const struct record_source *b)
{
	return a->generation == b->generation && a->began == b->began &&
	       strcmp(a->node, b->node) == 0;
}

bool channel_has_retired(const struct channel *c, const struct record_source *s)
{
	for (unsigned i = 0; i < c->n_retired; i++) {
		if (same_source(&c->retired_sources[i], s))
			return true;
	}
	return false;
}

bool channel_can_retire(struct channel *c)
{
	if (c->retired_sources == NULL)
		c->retired_sources = calloc(RECORD_RETIRED_MAX, sizeof(*c->retired_sources));
	return c->retired_sources != NULL;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/partition_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int partition_make(struct partition **out, unsigned number, unsigned of,
	const struct partition_rules *rules, const struct partition_watch *watch)
{
	struct partition *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -ENOMEM;
	p->number = number;
	p->of = of;
	p->rules = *rules;
	p->watch = *watch;
	p->n_places = WIRE_CHANNELS_MAX / of + 1;
	p->channels = calloc(p->n_places, sizeof(*p->channels));
	if (p->channels == NULL) {
		free(p);
		return -ENOMEM;
	}
	*out = p;
	return 0;
}

void partition_free(struct partition *p)
{
	if (p == NULL)
		return;
	for (unsigned i = 0; i < p->n_places; i++)
		channel_free(p->channels[i]);
	free(p->channels);
	free(p);
}

void partition_take_rules(struct partition *p, const struct partition_rules *rules)
{
	p->rules = *rules;
}

/* What is read at a take-over has been told before. */
void partition_event(
	struct partition *p, enum partition_event event, const char *node, uint64_t value)
{
	if (p->begun && p->watch.event != NULL)
		p->watch.event(p->watch.context, event, node, value);
}

void partition_read_stats(const struct partition *p, struct partition_stats *out)
{
	*out = p->stats;
	for (unsigned i = 0; i < p->nodes.n; i++) {
		const struct node *n = &p->nodes.all[i];

		out->nodes_live += n->live;
		out->nodes_dropped += n->spoke != 0 && !n->live && !n->left;
	}
}

unsigned partition_nodes(const struct partition *p, struct partition_node *out, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->nodes.n && n < max; i++) {
		const struct node *node = &p->nodes.all[i];

		if (node->spoke == 0)
			continue; // only tallies are known
		out[n] = (struct partition_node){
			.generation = node->spoke,
			.ends = node->ends,
			.late = node->late,
			.live = node->live,
			.left = node->left,
		};
		memcpy(out[n++].name, node->name, sizeof(node->name));
	}
	return n;
}

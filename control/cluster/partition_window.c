/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/partition_state.h"

/* The end of the last one that was closed, unless the clock has been set far back since. */
static uint64_t closed_before(const struct partition *p, uint64_t now_ms)
{
	return p->closed > now_ms + PARTITION_AHEAD_MAX_MS ? 0 : p->closed;
}

/* The end of the last window that has ended, if it can be closed; 0: it cannot, or is. Those before
 * it that were not closed, since we slept or just came, are in it: their taps cannot be told apart.
 */
static uint64_t closable(const struct partition *p, uint64_t now_ms)
{
	uint64_t ends = now_ms / p->rules.window_ms * p->rules.window_ms;

	if (ends <= closed_before(p, now_ms))
		return 0;
	return now_ms - ends >= p->rules.deadline_ms || partition_is_complete(p, ends) ? ends : 0;
}

uint64_t partition_due(const struct partition *p, uint64_t now_ms)
{
	uint64_t length = p->rules.window_ms, ends = now_ms / length * length;
	uint64_t closed = closed_before(p, now_ms);

	if (!p->begun)
		return UINT64_MAX;
	if (closable(p, now_ms) != 0)
		return now_ms;
	if (ends > closed)
		return ends + p->rules.deadline_ms;
	return (closed / length + 1) * length;
}

/* Of an arena that its node has not any more. One that the node has not reported from yet is later
 * than that: tallies of a window come before its report. */
static bool is_past(const struct node *node, const struct source *s)
{
	return s->generation != node->generation && s->ends <= node->since;
}

static bool mark_retiring(struct partition *p, struct channel *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->n_sources && n < RECORD_RETIRED_MAX; i++) {
		struct source *s = &c->sources[i];
		const struct node *node = &p->nodes.all[s->node];

		if (!node->retires || !is_past(node, s))
			continue;
		if (!channel_can_retire(c))
			break;
		s->retires = true;
		n++;
	}
	p->retires_more |= n == RECORD_RETIRED_MAX;
	return n > 0;
}

/* A channel that subscribers have has a frame in each window. NULL: not known, or no memory. */
static struct channel *channel_at(struct partition *p, unsigned place, bool *open)
{
	unsigned id = place * p->of + p->number;

	*open = id < WIRE_CHANNEL_NONE && p->rules.open[id];
	return *open ? partition_channel(p, (uint16_t)id) : p->channels[place];
}

static void close_channels(struct partition *p, uint64_t now_ms, const struct partition_sink *sink)
{
	bool retiring = partition_choose_retiring(p), open;

	p->retires_more = false;
	for (unsigned i = 0; i < p->n_places; i++) {
		struct channel *c = channel_at(p, i, &open);

		if (c == NULL)
			continue;
		bool retires = retiring && mark_retiring(p, c);
		c->framed = open || c->shown || c->grown || retires;
		c->opens = open;
		if (c->framed)
			partition_give_frame(p, c, now_ms * 1000000, sink);
	}
}

void partition_close(struct partition *p, uint64_t now_ms, const struct partition_sink *sink)
{
	uint64_t ends = p->begun && !p->closing ? closable(p, now_ms) : 0;

	if (ends == 0)
		return;
	p->closing = true;
	p->closed = ends;
	partition_count_missed(p, ends);
	close_channels(p, now_ms, sink);
}

static void end(struct partition *p, void (*end_channel)(struct partition *, struct channel *))
{
	for (unsigned i = 0; i < p->n_places; i++) {
		struct channel *c = p->channels[i];

		if (c == NULL || !c->framed)
			continue;
		end_channel(p, c);
		c->framed = false;
	}
	p->closing = false;
}

static void commit_nodes(struct partition *p)
{
	for (unsigned i = 0; i < p->nodes.n; i++) {
		struct node *n = &p->nodes.all[i];

		n->retired |= n->retires && !p->retires_more;
		n->retires = false;
	}
}

void partition_commit(struct partition *p)
{
	if (!p->closing)
		return;
	end(p, partition_commit_channel);
	commit_nodes(p);
	p->ends = p->closed;
	p->stats.windows++;
	p->stats.window = p->ends / 1000;
	p->stats.ends = p->ends;
}

/* The frames are forgotten; all that they had is in the next ones. */
static void abort_channel(struct partition *p, struct channel *c)
{
	(void)p;
	for (unsigned i = 0; i < c->n_sources; i++)
		c->sources[i].retires = false;
}

void partition_abort(struct partition *p)
{
	if (p->closing)
		end(p, abort_channel);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/partition_state.h"

#include <assert.h>

static void refuse(struct partition *p)
{
	p->stats.malformed++;
	partition_event(p, RECORD_MALFORMED, "", p->stats.malformed);
}

static void delete_source(struct partition *p, uint16_t channel, const struct record_source *of)
{
	struct channel *c = partition_channel(p, channel);
	struct node *node = nodes_find(&p->nodes, of->node, false);
	struct source *s = c != NULL && node != NULL ? partition_source(p, c, node, of) : NULL;

	if (s != NULL)
		partition_remove_source(p, c, s);
}

static void take_tombstone(struct partition *p, const void *key, size_t len)
{
	struct record_source source;
	uint16_t channel;

	// Of a report: the node is dropped when it has missed enough.
	if (record_tally_key_decode(key, len, &channel, &source) == 0)
		delete_source(p, channel, &source);
	else if (record_kind_of(key, len) != RECORD_REPORT)
		refuse(p);
}

/* Registers are of one window. Taps that came too late for it are in the next one, and so is
 * who made them; what the predecessor has committed has been shown. */
static void take_people(struct partition *p, struct channel *c, const struct record_tally *t)
{
	uint32_t window_ms = p->rules.window_ms;
	uint64_t ends = t->ends / window_ms * window_ms;

	if (!t->has_people || t->ends > UINT64_MAX - 2 * (uint64_t)window_ms)
		return;
	if (ends < t->ends)
		ends += window_ms;
	if (!p->begun && ends <= p->ends)
		return;
	if (ends <= p->closed)
		ends = (p->closed / window_ms + 1) * window_ms;
	channel_add_people(c, ends, window_ms, &t->people);
}

static void take_from(
	struct partition *p, struct channel *c, struct node *node, const struct record_tally *t)
{
	int ret = partition_merge(p, c, node, t);

	if (ret < 0) {
		refuse(p);
		return;
	}
	p->stats.records++;
	if (ret > 0)
		take_people(p, c, t);
}

static void take_tally(struct partition *p, const struct record_tally *t)
{
	struct channel *c = partition_channel(p, t->channel);

	if (c == NULL) {
		refuse(p);
		return;
	}
	if (channel_has_retired(c, &t->source)) {
		// At a take-over: what was read is older than its deletion.
		p->stats.retired_refused += p->begun;
		partition_event(p, SOURCE_RETIRED_SPEAKS, t->source.node, t->channel);
		return;
	}
	struct node *node = nodes_find(&p->nodes, t->source.node, true);
	if (node == NULL)
		partition_event(p, NODES_TOO_MANY, t->source.node, PARTITION_NODES_MAX);
	else
		take_from(p, c, node, t);
}

void partition_tallies_record(
	struct partition *p, const void *key, size_t key_len, const void *value, size_t len)
{
	struct record_report report;

	assert(!p->closing); // what is in the frames could not be told from what is not
	if (value == NULL)
		take_tombstone(p, key, key_len);
	else if (record_tally_decode(key, key_len, value, len, &p->tally) == 0)
		take_tally(p, &p->tally);
	else if (record_report_decode(key, key_len, value, len, &report) == 0)
		partition_report(p, &report);
	else
		refuse(p);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/policies.h"

#include <stdlib.h>
#include <string.h>

static void fill(struct policy *p, const struct config *c, const struct catalogue *catalogue)
{
	memcpy(p->known, catalogue->known, sizeof(p->known));
	p->matcher = catalogue->matcher;
	p->plain_text = c->plain_text;
	p->text_channel = c->text_channel;
	p->unsequenced = c->unsequenced;
	p->unsequenced_per_second = c->unsequenced_per_second;
	p->session_limits = session_limits_of(c->taps_per_second, c->tap_burst);
	p->answers_per_second = c->answers.per_second;
	p->answers_unknown = c->admission == ADMISSION_OPEN;
	p->pace = config_pace(c);
	memset(p->row_of, 0xff, sizeof(p->row_of));
}

struct held_policy *policy_make(
	const struct config *config, const struct catalogue *catalogue, unsigned workers)
{
	struct held_policy *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	fill(&p->policy, config, catalogue);
	if (policy_edition_new(&p->edition, &p->policy, workers) < 0) {
		free(p);
		return NULL;
	}
	p->matcher = text_matcher_ref(catalogue->matcher);
	return p;
}

void policy_free(struct held_policy *p)
{
	if (p == NULL)
		return;
	policy_edition_free(p->edition);
	text_matcher_free(p->matcher);
	free(p);
}

/* The row of each channel that has an open one, plus 1. */
static void find_rows(const struct store *store, uint16_t rows[WIRE_CHANNELS_MAX + 1])
{
	unsigned used = store_rows_used(store);

	memset(rows, 0, sizeof(rows[0]) * (WIRE_CHANNELS_MAX + 1));
	for (unsigned row = 0; row < used; row++) {
		if (store->row_table[row].state == STORE_ROW_OPEN)
			rows[store->row_table[row].channel] = (uint16_t)(row + 1);
	}
}

void policy_set_rows(struct policy *p, const struct config *config, const struct store *store)
{
	uint16_t rows[WIRE_CHANNELS_MAX + 1];

	find_rows(store, rows);
	for (unsigned i = 0; i < config->n_channels; i++) {
		unsigned channel = config->channels[i].id;

		if (config_wants_tickets(config, i))
			p->gate.row_plus_1[channel] = rows[channel];
		else if (rows[channel] != 0)
			p->row_of[channel] = (uint16_t)(rows[channel] - 1);
	}
}

void policies_replace(struct policies *p, struct held_policy *next, struct dataplane *dataplane)
{
	struct held_policy *old = p->now;

	dataplane_switch(dataplane, next->edition);
	p->now = next;
	old->grace = dataplane_grace(dataplane);
	old->next = p->retired;
	p->retired = old;
}

bool policies_turn(struct policies *p, struct dataplane *dataplane)
{
	struct held_policy **link = &p->retired;

	while (*link != NULL) {
		struct held_policy *old = *link;

		if (!dataplane_grace_passed(dataplane, old->grace)) {
			link = &old->next;
			continue;
		}
		*link = old->next;
		policy_free(old);
	}
	return p->retired == NULL;
}

void policies_close(struct policies *p)
{
	while (p->retired != NULL) {
		struct held_policy *old = p->retired;

		p->retired = old->next;
		policy_free(old);
	}
	policy_free(p->now);
	p->now = NULL;
}

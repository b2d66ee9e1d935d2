/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/merger_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEADLINE_OF_WINDOW = 4, // a quarter of it
	MISSED_WINDOWS = 3,
	/* So long a record of an arena that is no more could still be under way, many times over.
	 */
	RETIRE_MS = 5 * 60 * 1000,
};

static void set_rules(struct merger_rules *r, const struct config *config)
{
	r->rules = (struct partition_rules){
		.window_ms = config->window_ms,
		.deadline_ms = config->window_ms / DEADLINE_OF_WINDOW,
		.missed_windows = MISSED_WINDOWS,
		.retire_ms = RETIRE_MS,
		.mood = config_mood_rules(config),
		.labels = r->catalogue.labels,
		.open = r->open,
		.merger = r->node,
	};
	r->rules.mood.weights = r->catalogue.weights;
}

struct merger_rules *merger_rules_make(const struct config *config)
{
	struct merger_rules *r = calloc(1, sizeof(*r));
	char error[128];

	if (r == NULL)
		return NULL;
	if (catalogue_make_with(&r->catalogue, config, NULL, error, sizeof(error)) < 0) {
		free(r);
		return NULL;
	}
	atomic_init(&r->holders, 1);
	r->document = catalogue_document(config);
	if (r->document == NULL) {
		merger_rules_drop(r);
		return NULL;
	}
	r->document_len = strlen(r->document);
	snprintf(r->node, sizeof(r->node), "%s", config->cluster.node);
	for (unsigned i = 0; i < config->n_channels; i++)
		r->open[config->channels[i].id] = true;
	set_rules(r, config);
	return r;
}

struct merger_rules *merger_rules_hold(struct merger_rules *r)
{
	atomic_fetch_add(&r->holders, 1);
	return r;
}

void merger_rules_drop(struct merger_rules *r)
{
	if (r == NULL || atomic_fetch_sub(&r->holders, 1) != 1)
		return;
	catalogue_free(&r->catalogue);
	free(r->document);
	free(r);
}

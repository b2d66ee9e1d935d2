/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/appliance_reload.h"

#include "control/appliance.h"
#include "control/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void prepare(void *context, struct reload_job *job)
{
	struct appliance *a = context;

	*job = (struct reload_job){
		.path = a->options->config_path,
		.overrides = &a->options->overrides,
		.start = a->start,
		.now = a->config,
		.fanout = a->fanout,
		.matcher = text_matcher_ref(a->catalogue.matcher),
		.workers = a->store.workers,
	};
}

/* The arena has a row for each channel that ever was: there may be too few left. */
static int fits(void *context, struct reload_job *job)
{
	const struct appliance *a = context;
	unsigned missing;

	if (job->config == NULL || channels_fit(&a->store, job->config, &missing))
		return 0;
	snprintf(job->error, sizeof(job->error),
		"%s: channels: the arena lacks %u row%s for new channels, as closed ones keep "
		"theirs until arena.channels changes: restart with more than %u",
		job->path, missing, missing == 1 ? "" : "s", a->config->arena_channels);
	return -ENOSPC;
}

static void take_policy(
	struct appliance *a, struct reload_job *job, const struct config *config, char *tickets)
{
	struct held_policy *next = job->policy;

	policy_set_rows(&next->policy, config, &a->store);
	struct key_set *before =
		ticket_admission_replace(&a->tickets, &next->policy.gate, job->keys, tickets);
	policies_replace(&a->policies, next, a->dataplane);
	ticket_admission_retire(&a->tickets, before, a->dataplane);
	job->policy = NULL;
	job->keys = NULL;
}

/* Its address stays, for windows have that of the weights. */
static void take_catalogue(struct appliance *a, struct reload_job *job, const struct config *config)
{
	struct catalogue before = a->catalogue;
	struct mood_rules rules = config_mood_rules(config);

	a->catalogue = job->catalogue;
	catalogue_free(&before);
	job->has_catalogue = false;
	rules.weights = a->catalogue.weights;
	a->windows.rules = rules;
	if (job->document != NULL && a->cluster == NULL &&
		fanout_catalogue(a->fanout, job->document, strlen(job->document)) < 0)
		LOG_ERROR("no memory: clients go on with the catalogue of before");
}

static void take_config(struct appliance *a, struct reload_job *job)
{
	struct config *before = a->own_config;

	if (job->config == NULL)
		return;
	a->own_config = job->config;
	a->config = a->own_config;
	job->config = NULL;
	if (before != NULL)
		config_free(before);
	free(before);
}

/* Whoever else has a copy of something. */
static void take_elsewhere(struct appliance *a)
{
	windows_set_parents(&a->windows, a->config->channels, a->config->n_channels);
	if (journal_take_catalogue(a->journal, a->config) < 0 ||
		(a->timelines != NULL && timelines_take_channels(a->timelines, a->config) < 0))
		LOG_ERROR("no memory: the journal goes on with the names of before");
	if (a->cluster != NULL && cluster_take_config(a->cluster, a->config) < 0)
		LOG_ERROR("no memory: the cluster goes on with the configuration of before");
	log_apply(&a->config->log);
}

static void take_effect(void *context, struct reload_job *job, char tickets[TICKET_REPORT_MAX])
{
	struct appliance *a = context;
	const struct config *config = job->config != NULL ? job->config : a->config;

	channels_take(&a->channels, &a->store, config, appliance_shows_on(a));
	take_policy(a, job, config, tickets);
	take_catalogue(a, job, config);
	fanout_change(a->fanout, job->change);
	job->change = NULL;
	take_config(a, job);
	take_elsewhere(a);
	fanout_flush(a->fanout);
}

static bool settled(void *context)
{
	struct appliance *a = context;

	return policies_turn(&a->policies, a->dataplane);
}

struct reload_target appliance_reload_target(struct appliance *a)
{
	return (struct reload_target){
		.prepare = prepare,
		.fits = fits,
		.take_effect = take_effect,
		.settled = settled,
		.context = a,
		.service = &a->service,
	};
}

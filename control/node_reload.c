/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/node_reload.h"

#include "control/log.h"
#include "control/node.h"

#include <stdlib.h>

static void prepare(void *context, struct reload_job *job)
{
	const struct node *n = context;

	*job = (struct reload_job){
		.path = n->options->config_path,
		.overrides = &n->options->overrides,
		.start = n->start,
		.now = n->config,
		.fanout = n->fanout,
	};
}

/* Nothing here has a place for each channel. */
static int fits(void *context, struct reload_job *job)
{
	return 0;
}

static void take_config(struct node *n, struct reload_job *job)
{
	struct config *before = n->own_config;

	n->own_config = job->config;
	n->config = n->own_config;
	job->config = NULL;
	if (cluster_take_config(n->cluster, n->config) < 0)
		LOG_ERROR("no memory: the cluster goes on with the configuration of before");
	log_apply(&n->config->log);
	if (before != NULL)
		config_free(before);
	free(before);
}

static void take_effect(void *context, struct reload_job *job, char tickets[TICKET_REPORT_MAX])
{
	struct node *n = context;

	fanout_change(n->fanout, job->change);
	job->change = NULL;
	if (job->config != NULL)
		take_config(n, job);
}

static bool settled(void *context)
{
	return true;
}

struct reload_target node_reload_target(struct node *n)
{
	return (struct reload_target){
		.prepare = prepare,
		.fits = fits,
		.take_effect = take_effect,
		.settled = settled,
		.context = n,
		.service = &n->service,
	};
}

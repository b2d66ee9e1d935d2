/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/reload_job.h"

#include "control/config_diff.h"
#include "control/config_options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static int refuse(
	struct reload_job *job, int ret, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(job->error, sizeof(job->error), format, list);
	va_end(list);
	return ret;
}

/* Are there workers, which have a catalogue and a policy? */
static bool counts(const struct reload_job *job)
{
	return (job->start->roles & ROLE_INGEST) != 0;
}

/* Of the arena's shape, which stays, is what the workers write to. */
static int check_reactions(struct reload_job *job, const struct config *wanted)
{
	char path[64];

	for (unsigned i = 0; i < wanted->n_catalogue; i++) {
		if (wanted->catalogue[i].id < job->start->arena_reactions)
			continue;
		snprintf(path, sizeof(path), "catalogue[%u].id", i);
		return refuse(job, -EINVAL,
			"%s: line %u: %s: %u is not below arena.reactions, which is %u until a "
			"restart",
			job->path, config_line_of(wanted, path), path, wanted->catalogue[i].id,
			job->start->arena_reactions);
	}
	return 0;
}

static int read_config(struct reload_job *job)
{
	struct config wanted;
	int ret = config_read(&wanted, job->path, job->error, sizeof(job->error));

	if (ret < 0)
		return ret;
	ret = config_override(&wanted, job->overrides, job->error, sizeof(job->error));
	if (ret == 0 && counts(job))
		ret = check_reactions(job, &wanted);
	if (ret == 0)
		job->config = malloc(sizeof(*job->config));
	if (ret == 0 && job->config != NULL) {
		job->diff = config_diff(job->now, job->start, &wanted);
		config_take(job->config, job->now, job->start, &wanted);
	} else {
		config_free(&wanted);
	}
	if (ret == 0 && job->diff == NULL)
		ret = refuse(job, -ENOMEM, "no memory for another configuration");
	return ret;
}

static int make_catalogue(struct reload_job *job, const struct config *wanted)
{
	int ret;

	if (catalogue_finds_the_same(job->now, wanted))
		ret = catalogue_make_with(
			&job->catalogue, wanted, job->matcher, job->error, sizeof(job->error));
	else
		ret = catalogue_make(&job->catalogue, wanted, job->error, sizeof(job->error));
	job->has_catalogue = ret == 0;
	return ret;
}

static int make_policy(struct reload_job *job, const struct config *wanted)
{
	char why[TICKET_REPORT_MAX];
	int ret = ticket_keys_read(wanted, &job->keys, why, sizeof(why));

	if (ret < 0)
		return refuse(job, ret, "the ticket keys stay as they were: %s", why);
	job->policy = policy_make(wanted, &job->catalogue, job->workers);
	return job->policy != NULL ? 0 : refuse(job, -ENOMEM, "no memory for another policy");
}

static int prepare_fanout(struct reload_job *job, const struct config *wanted)
{
	const struct fanout_settings settings = {
		.max_connections = wanted->max_connections,
		.max_per_source = wanted->max_per_source,
		.max_subscriptions = wanted->max_subscriptions,
		.max_filters = wanted->max_filters,
		.handshake_seconds = wanted->handshake_seconds,
		.origins = wanted->origins,
		.n_origins = wanted->n_origins,
		.tls_certificate = wanted->tls_certificate,
		.tls_key = wanted->tls_key,
	};

	job->certificate =
		fanout_prepare(job->fanout, &settings, &job->change, job->about_certificate);
	return job->certificate >= 0
		       ? 0
		       : refuse(job, job->certificate, "the certificate stays as it was: %s",
				 job->about_certificate);
}

static int write_document(struct reload_job *job, const struct config *wanted)
{
	char *before = catalogue_document(job->now);

	job->document = catalogue_document(wanted);
	int ret = before == NULL || job->document == NULL
			  ? refuse(job, -ENOMEM, "no memory for the document of the catalogue")
			  : 0;
	if (ret == 0 && strcmp(before, job->document) == 0) {
		free(job->document);
		job->document = NULL;
	}
	free(before);
	return ret;
}

void reload_job_run(struct reload_job *job)
{
	int ret = job->path == NULL ? 0 : read_config(job);
	const struct config *wanted = job->config != NULL ? job->config : job->now;

	if (ret == 0 && counts(job))
		ret = make_catalogue(job, wanted);
	if (ret == 0 && counts(job))
		ret = make_policy(job, wanted);
	if (ret == 0)
		ret = prepare_fanout(job, wanted);
	if (ret == 0 && job->start->cluster.n_kafka == 0)
		ret = write_document(job, wanted);
	if (ret < 0)
		reload_job_drop(job);
	job->ret = ret;
}

void reload_job_drop(struct reload_job *job)
{
	policy_free(job->policy);
	ticket_keys_free(job->keys);
	fanout_change_drop(job->change);
	if (job->has_catalogue)
		catalogue_free(&job->catalogue);
	json_decref(job->diff);
	free(job->document);
	if (job->config != NULL)
		config_free(job->config);
	free(job->config);
	job->policy = NULL;
	job->keys = NULL;
	job->change = NULL;
	job->has_catalogue = false;
	job->diff = NULL;
	job->document = NULL;
	job->config = NULL;
}

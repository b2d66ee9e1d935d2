/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/reload.h"

#include "control/config_diff.h"
#include "control/control_socket.h"
#include "control/log.h"
#include "control/privileges.h"
#include "control/service.h"
#include "control/window_clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	POLITENESS = 10, // windows and frames come first where they share a CPU with the thread
	LOOK_MS = 1,
};

static const uint64_t PATIENCE_NS = 10000000000;

int reload_open(struct reload *r, const struct reload_target *target)
{
	*r = (struct reload){.target = *target, .done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	return r->done < 0 ? -errno : 0;
}

static void join(struct reload *r)
{
	pthread_join(r->thread, NULL);
	if (r->job.matcher != NULL)
		text_matcher_free(r->job.matcher);
	r->running = false;
}

void reload_close(struct reload *r)
{
	if (r->running) {
		join(r);
		reload_job_drop(&r->job);
	}
	if (r->done >= 0)
		close(r->done);
	free(r->answer);
}

static void *work(void *arg)
{
	struct reload *r = arg;

	privileges_give_up_thread();
	setpriority(PRIO_PROCESS, (id_t)gettid(), POLITENESS);
	reload_job_run(&r->job);
	eventfd_write(r->done, 1);
	return NULL;
}

/* --- what happened ---------------------------------------------------------------------------- */

/* severity: 0 all is well, 1 it was done, but should be looked at, -1 nothing has changed. */
static void tell(FILE *report, int severity, const char *what)
{
	if (what[0] == '\0')
		return;
	if (severity == 0)
		LOG_NOTICE("reload: %s", what);
	else if (severity > 0)
		LOG_WARNING("reload: %s", what);
	else
		LOG_ERROR("reload: %s", what);
	fprintf(report, "%s%s", ftell(report) > 0 ? "; " : "", what);
}

static void tell_changes(FILE *report, const struct reload_job *job, bool other_files)
{
	char *words = config_diff_words(job->diff, job->start->roles);

	if (words != NULL && words[0] != '\0')
		tell(report, json_array_size(json_object_get(job->diff, "needs_restart")) > 0,
			words);
	else if (words != NULL)
		tell(report, 0,
			other_files ? "no option has changed"
				    : "no option has changed, and it names no files, so there was "
				      "nothing to read again");
	free(words);
}

static void tell_certificate(FILE *report, const struct reload_job *job)
{
	char line[FANOUT_REPORT_MAX + 16];

	if (job->about_certificate[0] == '\0')
		return;
	snprintf(line, sizeof(line), "certificate %s", job->about_certificate);
	tell(report, job->certificate, line);
}

static void tell_all(FILE *report, const struct reload_job *job, const char *tickets)
{
	bool other_files = tickets[0] != '\0' || job->about_certificate[0] != '\0';

	if (job->diff != NULL)
		tell_changes(report, job, other_files);
	else
		tell(report, 0,
			"started without a configuration file, so there is nothing to read again");
	tell(report, 0, tickets);
	tell_certificate(report, job);
}

static char *as_json(bool reloaded, const char *message, json_t *changes)
{
	json_t *object = json_pack(
		"{s:b, s:s, s:O?}", "reloaded", reloaded, "message", message, "changes", changes);
	char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}

static void conclude(struct reload *r, FILE *report)
{
	struct reload_job *job = &r->job;
	char line[RELOAD_ERROR_MAX + 32], tickets[TICKET_REPORT_MAX];

	if (job->ret < 0) {
		snprintf(line, sizeof(line), "%s; nothing has changed", job->error);
		tell(report, -1, line);
		return;
	}
	tickets[0] = '\0';
	r->target.take_effect(r->target.context, job, tickets);
	tell_all(report, job, tickets);
}

void reload_finish(struct reload *r)
{
	char *message = NULL;
	size_t len;
	eventfd_t n;

	eventfd_read(r->done, &n);
	join(r);
	if (r->job.ret == 0)
		r->job.ret = r->target.fits(r->target.context, &r->job);
	FILE *report = open_memstream(&message, &len);
	free(r->answer);
	r->answer = NULL;
	if (report == NULL) {
		LOG_ERROR("reload: no memory; nothing has changed");
	} else {
		conclude(r, report);
		if (fclose(report) == 0)
			r->answer = as_json(
				r->job.ret == 0, message, r->job.ret == 0 ? r->job.diff : NULL);
	}
	free(message);
	reload_job_drop(&r->job);
	r->settling = true;
	r->finished_ns = window_clock_read().monotonic;
}

static void begin(struct reload *r)
{
	service_reloading(r->target.service);
	r->number++;
	r->job = (struct reload_job){0};
	r->target.prepare(r->target.context, &r->job);
	int ret = pthread_create(&r->thread, NULL, work, r);
	r->running = ret == 0;
	if (ret == 0) {
		pthread_setname_np(r->thread, "reload");
		return;
	}
	if (r->job.matcher != NULL)
		text_matcher_free(r->job.matcher);
	LOG_ERROR("reload: no thread for it: %s; nothing has changed", strerror(ret));
	service_ready(r->target.service);
	free(r->answer);
	r->answer = as_json(false, "there is no thread for it; nothing has changed", NULL);
}

uint64_t reload_ask(struct reload *r)
{
	if (!r->running && !r->settling && !r->wanted) {
		begin(r);
		return r->number;
	}
	r->wanted = true;
	return r->number + 1;
}

void reload_settle(struct reload *r)
{
	if (!r->settling)
		return;
	r->settling = !r->target.settled(r->target.context) &&
		      window_clock_read().monotonic - r->finished_ns < PATIENCE_NS;
	if (!r->settling)
		service_ready(r->target.service);
}

int reload_patience(const struct reload *r)
{
	return r->settling ? LOOK_MS : -1;
}

void reload_turn(struct reload *r)
{
	if (r->running || r->settling || !r->wanted)
		return;
	r->wanted = false;
	begin(r);
}

char *reload_json(struct reload *r, uint64_t *number)
{
	if (*number == 0)
		*number = reload_ask(r);
	if (r->running || r->settling ? *number >= r->number : *number > r->number)
		return control_socket_later;
	return r->answer != NULL ? strdup(r->answer)
				 : as_json(false, "no memory for an answer; see the log", NULL);
}

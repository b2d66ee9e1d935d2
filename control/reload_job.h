/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The first half of a reload, on a thread of its own: everything that takes long or may fail. Files
 * are read and checked, the catalogue is compiled, a policy is made; nothing of the running
 * appliance is touched.
 */
#ifndef CONTROL_RELOAD_JOB_H
#define CONTROL_RELOAD_JOB_H

#include "control/policies.h"
#include "control/ticket_admission.h"
#include "fanout/fanout.h"

#include <jansson.h>

enum { RELOAD_ERROR_MAX = 1024 };

struct reload_job {
	/* What it starts from; must not change while it works. */
	const char *path; // of the configuration; NULL: there is none, and what there is stays
	const struct config_overrides *overrides;
	const struct config *start; // the configuration of the start,
	const struct config *now;   // and that in effect
	const struct fanout *fanout;
	struct text_matcher *matcher; // of now; NULL: nothing is counted
	unsigned workers;

	/* What it makes; none of it is there if ret is not 0. */
	int ret;
	char error[RELOAD_ERROR_MAX];
	struct config *config; // NULL without a path
	json_t *diff;          // NULL without a path
	struct catalogue catalogue;
	bool has_catalogue;
	struct held_policy *policy;
	struct key_set *keys;
	struct fanout_change *change;
	int certificate; // what fanout_prepare() returned, and its report
	char about_certificate[FANOUT_REPORT_MAX];
	char *document; // for clients, if it is another than before and not a cluster's
};

void reload_job_run(struct reload_job *job);

/* Frees what it made and what nobody has taken out of it. */
void reload_job_drop(struct reload_job *job);

#endif

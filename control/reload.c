/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/reload.h"

#include "control/appliance.h"
#include "control/log.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { REPORT_MAX = TICKET_REPORT_MAX + FANOUT_REPORT_MAX + 64 };

/*
 * Logs it, and adds it to what has happened before. ret: 0 all is well, 1 it was done, but should
 * be looked at, -errno nothing has changed.
 */
static void tell(int ret, const char *what, char report[REPORT_MAX])
{
	size_t len = strlen(report);

	if (ret == 0)
		LOG_NOTICE("reload: %s", what);
	else if (ret > 0)
		LOG_WARNING("reload: %s", what);
	else
		LOG_ERROR("reload: %s", what);
	snprintf(report + len, REPORT_MAX - len, "%s%s", len > 0 ? "; " : "", what);
}

static bool read_tickets(struct appliance *a, char report[REPORT_MAX])
{
	char what[TICKET_REPORT_MAX];
	int ret = ticket_admission_reload(&a->tickets, a->dataplane, what);

	tell(ret, what, report);
	return ret == 0;
}

static bool read_certificate(struct appliance *a, char report[REPORT_MAX])
{
	char what[FANOUT_REPORT_MAX], line[FANOUT_REPORT_MAX + 48];
	const struct config *c = a->config;
	const struct fanout_settings settings = {
		.max_connections = c->max_connections,
		.max_per_source = c->max_per_source,
		.max_subscriptions = c->max_subscriptions,
		.max_filters = c->max_filters,
		.handshake_seconds = c->handshake_seconds,
		.origins = c->origins,
		.n_origins = c->n_origins,
		.tls_certificate = c->tls_certificate,
		.tls_key = c->tls_key,
	};
	struct fanout_change *change;
	int ret = fanout_prepare(a->fanout, &settings, &change, what);

	if (ret >= 0)
		fanout_change(a->fanout, change);

	if (ret < 0)
		snprintf(line, sizeof(line), "the certificate stays as it was: %s", what);
	else
		snprintf(line, sizeof(line), "certificate %s", what);
	tell(ret, line, report);
	return ret >= 0;
}

static bool read_again(struct appliance *a, char report[REPORT_MAX])
{
	bool has_tls = fanout_has_tls(a->fanout);
	bool done = true;

	report[0] = '\0';
	if (a->tickets.path != NULL || !has_tls)
		done = read_tickets(a, report);
	return (!has_tls || read_certificate(a, report)) && done;
}

void reload(struct appliance *a)
{
	char report[REPORT_MAX];

	read_again(a, report);
}

char *reload_json(struct appliance *a)
{
	char report[REPORT_MAX];
	bool done = read_again(a, report);
	json_t *object = json_pack("{s:b, s:s}", "reloaded", done, "message", report);
	char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}

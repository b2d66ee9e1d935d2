/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/reload.h"

#include "control/appliance.h"
#include "control/log.h"

#include <jansson.h>

static bool read_again(struct appliance *a, char report[TICKET_REPORT_MAX])
{
	bool done = ticket_admission_reload(&a->tickets, a->dataplane, report) == 0;

	if (done)
		LOG_NOTICE("reload: %s", report);
	else
		LOG_ERROR("reload: %s", report);
	return done;
}

void reload(struct appliance *a)
{
	char report[TICKET_REPORT_MAX];

	read_again(a, report);
}

char *reload_json(struct appliance *a)
{
	char report[TICKET_REPORT_MAX];
	bool done = read_again(a, report);
	json_t *object = json_pack("{s:b, s:s}", "reloaded", done, "message", report);
	char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}

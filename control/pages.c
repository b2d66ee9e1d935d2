/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/pages.h"

#include "control/catalogue.h"
#include "control/window_clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* client/page/, carried in the program; the table is made at build time. */
#include "page_files.h"

/* So late may a window be before the appliance counts as unwell. */
enum { PATIENCE_WINDOWS = 3, PATIENCE_MS = 1000, HEALTH_MAX = 320 };

static int publish_catalogue(struct fanout *f, const struct config *config)
{
	char *catalogue = catalogue_document(config);
	int ret = catalogue == NULL ? -ENOMEM : fanout_catalogue(f, catalogue, strlen(catalogue));

	free(catalogue);
	return ret;
}

int pages_publish(struct fanout *f, const struct config *config)
{
	int ret = config->cluster.n_kafka > 0 ? 0 : publish_catalogue(f, config);

	for (unsigned i = 0; ret == 0 && i < sizeof(page_files) / sizeof(page_files[0]); i++)
		ret = fanout_document(f, page_files[i].path, page_files[i].type, page_files[i].body,
			*page_files[i].len);
	if (ret == 0)
		pages_publish_health(f, 0, 0, config->window_ms);
	return ret;
}

uint64_t pages_health_ms(unsigned window_ms)
{
	return (uint64_t)PATIENCE_WINDOWS * window_ms + PATIENCE_MS;
}

void pages_put_health(struct fanout *f, const char *members, uint64_t until)
{
	char ok[HEALTH_MAX], stale[HEALTH_MAX];

	snprintf(ok, sizeof(ok), "{\"status\":\"ok\",\"version\":\"" UPROAR_VERSION "\",%s}\n",
		members);
	snprintf(stale, sizeof(stale),
		"{\"status\":\"stale\",\"version\":\"" UPROAR_VERSION "\",%s}\n", members);
	fanout_document_until(f, "/healthz", "application/json", ok, until, stale);
}

void pages_publish_health(struct fanout *f, uint64_t window, uint64_t ends_ms, unsigned window_ms)
{
	uint64_t now = window_clock_read().monotonic / 1000000;
	char members[96];

	snprintf(members, sizeof(members), "\"window\":%llu,\"ends_ms\":%llu",
		(unsigned long long)window, (unsigned long long)ends_ms);
	pages_put_health(f, members, now + pages_health_ms(window_ms));
}

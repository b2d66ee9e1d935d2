/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/catalogue.h"
#include "control/config_check.h"

#include <stdlib.h>
#include <string.h>

/* Channels and reactions must fit in what the fan-out takes: found out here, a start does not fail
 * half-way, and a reload changes nothing. */
int config_check_document(const struct config_check *k, const struct config *c)
{
	char *document = catalogue_document(c);
	size_t len = document != NULL ? strlen(document) : 0;

	free(document);
	if (document == NULL)
		return config_wrong(k, "channels", "no memory to check them");
	if (len > FANOUT_JSON_MAX)
		return config_wrong(k, "channels",
			"%u channels with their names make GET /v1/catalogue %zu bytes long, and "
			"it may have %d: use fewer, or shorter names",
			c->n_channels, len, FANOUT_JSON_MAX);
	return 0;
}

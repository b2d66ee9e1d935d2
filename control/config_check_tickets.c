/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include "wire/key_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int config_check_keys(const struct config_check *k, const struct config *c)
{
	struct key_file keys;
	char error[320];

	if (c->ticket_keys == NULL || (c->roles & ROLE_INGEST) == 0)
		return 0;
	int ret = key_file_read(c->ticket_keys, &keys, error, sizeof(error));

	key_file_wipe(&keys);
	return ret < 0 ? config_wrong(k, "tickets.keys", "%s", error) : 0;
}

int config_check_tickets(const struct config_check *k, const struct config *c)
{
	char path[64];

	if (c->ticket_keys != NULL && strlen(c->ticket_keys) > CONFIG_KEYS_PATH_MAX)
		return config_wrong(
			k, "tickets.keys", "longer than %d bytes", CONFIG_KEYS_PATH_MAX);
	if (c->ticket_keys != NULL || (c->roles & ROLE_INGEST) == 0)
		return 0; // who takes no datagrams verifies none
	for (unsigned i = 0; i < c->n_channels; i++) {
		if (!config_wants_tickets(c, i))
			continue;
		if (c->channels[i].admission != NULL)
			snprintf(path, sizeof(path), "channels[%u].admission", i);
		else
			snprintf(path, sizeof(path), "admission");
		return config_wrong(k, path,
			"tickets, but there are no keys to verify them with: name their file in "
			"tickets.keys");
	}
	return 0;
}

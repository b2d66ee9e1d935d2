/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/ledger.h"

#include "client/control_call.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

static bool none(const json_t *ledger, const char *member)
{
	return json_integer_value(json_object_get(ledger, member)) == 0;
}

int ledger_read(const char *json, size_t len, struct ledger *out)
{
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *ledger = json_object_get(root, "ledger");
	const json_t *balanced = json_object_get(ledger, "balanced");
	int ret = json_is_boolean(balanced) ? 0 : -EINVAL;

	if (ret == 0) {
		out->balanced = json_is_true(balanced);
		out->settled = none(ledger, "waiting") && none(ledger, "taps_in_flight") &&
			       none(ledger, "taps_not_yet_merged");
	}
	json_decref(root);
	return ret;
}

int ledger_ask(const char *socket_path, uint64_t deadline, struct ledger *out)
{
	char *answer;
	size_t len;
	int ret = control_call(socket_path, "stats", deadline, &answer, &len);

	if (ret < 0)
		return ret;
	ret = ledger_read(answer, len, out);
	free(answer);
	return ret;
}

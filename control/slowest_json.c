/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/slowest_json.h"

#include "control/control_socket.h"
#include "control/window_clock.h"
#include "fanout/fanout.h"

#include <jansson.h>

static const uint64_t PATIENCE_NS = 500000000;

static char *describe(const struct fanout_slow *slow, unsigned n, bool complete)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(
			array, json_pack("{s:s, s:s?, s:I, s:I, s:I}", "address", slow[i].address,
				       "protocol", slow[i].protocol, "blocked_s",
				       (json_int_t)slow[i].blocked_seconds, "frames_skipped",
				       (json_int_t)slow[i].frames_skipped, "kernel_bytes",
				       (json_int_t)slow[i].kernel_bytes));
	json_t *object = json_pack("{s:b, s:o}", "complete", complete, "slowest", array);
	char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}

char *slowest_json(struct fanout *fanout, uint64_t *asked_ns)
{
	struct fanout_slow slow[FANOUT_SLOWEST_MAX];
	uint64_t now = window_clock_read().monotonic;
	unsigned n;

	if (*asked_ns == 0) {
		*asked_ns = now;
		fanout_ask_slowest(fanout);
	}
	bool complete = fanout_slowest(fanout, slow, &n);
	if (!complete && now - *asked_ns < PATIENCE_NS)
		return control_socket_later;
	*asked_ns = 0;
	return describe(slow, n, complete);
}

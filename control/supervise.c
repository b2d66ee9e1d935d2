/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/supervise.h"

#include "control/appliance.h"

#include <stdio.h>

/* So much later than its end a window may be closed before the watchdog is no longer fed. */
enum { PATIENCE_MS = 10000 };

int supervise_patience(const struct appliance *a)
{
	uint64_t often_ms = a->service.watchdog_ns / 4 / 1000000;

	return often_ms > 0 && often_ms < HEARTBEAT_MS ? (int)often_ms : HEARTBEAT_MS;
}

static bool closes_windows(const struct appliance *a, uint64_t now_ns)
{
	uint64_t most_ms = 2ull * a->config->window_ms + PATIENCE_MS;

	return now_ns < a->clock.last_end_mono + most_ms * 1000000;
}

void supervise(struct appliance *a)
{
	uint64_t now_ns = window_clock_read().monotonic;

	if (heartbeat_check(&a->heartbeat, &a->store, a->dataplane, now_ns))
		dataplane_watch(a->dataplane);
	if (closes_windows(a, now_ns) && heartbeat_polling(&a->heartbeat) > 0)
		service_alive(&a->service, now_ns);
}

void supervise_window(struct appliance *a)
{
	unsigned hang = a->heartbeat.n_workers - heartbeat_polling(&a->heartbeat);
	char also[64] = "";

	if (hang > 0)
		snprintf(also, sizeof(also), "; %u of %u workers do not poll", hang,
			a->heartbeat.n_workers);
	service_status(&a->service, "window %lu: %lu taps; %u connections%s",
		(unsigned long)a->windows.number, (unsigned long)a->windows.taps,
		fanout_connections(a->fanout), also);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/farewell.h"

#include "control/log.h"
#include "control/window_clock.h"

enum {
	LOOK_MS = 20,
	LINGER_S = 6,      // those who were told last have a moment to close
	STOP_SECONDS = 20, // a stop takes, beside the time in which subscribers are told
};

bool farewell_begin(
	struct farewell *f, struct fanout *fanout, struct service *service, unsigned seconds)
{
	if (f->until_ns != 0)
		return false;
	service_stopping(service, seconds + STOP_SECONDS);
	unsigned connections = fanout_connections(fanout);

	if (seconds == 0 || connections == 0) {
		LOG_INFO("stopping");
		return false;
	}
	LOG_INFO("stopping: %u connection%s told over %u s, and waited for until %u s have passed; "
		 "a second signal stops at once",
		connections, connections == 1 ? " is" : "s are", seconds, seconds + LINGER_S);
	f->until_ns = window_clock_read().monotonic + (seconds + LINGER_S) * 1000000000ull;
	fanout_drain(fanout, seconds * 1000);
	return true;
}

bool farewell_is_over(const struct farewell *f, const struct fanout *fanout)
{
	if (f->until_ns == 0)
		return false;
	unsigned left = fanout_connections(fanout);
	if (left > 0 && window_clock_read().monotonic < f->until_ns)
		return false;
	if (left == 0)
		LOG_INFO("all connections have ended; stopping");
	else
		LOG_INFO("%u connection%s still open; stopping", left, left == 1 ? " is" : "s are");
	return true;
}

int farewell_patience(const struct farewell *f)
{
	return f->until_ns == 0 ? -1 : LOOK_MS;
}

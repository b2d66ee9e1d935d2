/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The end of a run, as subscribers see it: all are told over a time that is configured, while the
 * workers count on and windows are shown. It ends when the last has gone, when the time is over, or
 * at a second signal.
 */
#ifndef CONTROL_FAREWELL_H
#define CONTROL_FAREWELL_H

#include "control/service.h"
#include "fanout/fanout.h"

#include <stdbool.h>
#include <stdint.h>

struct farewell {
	uint64_t until_ns; // monotonic; 0: it has not begun
};

/*
 * A signal has said stop, which the service manager hears. False if there is nothing to wait for,
 * or if it is the second one. seconds: of fanout.drain_seconds.
 */
bool farewell_begin(
	struct farewell *f, struct fanout *fanout, struct service *service, unsigned seconds);

bool farewell_is_over(const struct farewell *f, const struct fanout *fanout);

/* How long to wait at most before looking again, in milliseconds; -1: for ever. */
int farewell_patience(const struct farewell *f);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A simulated crowd: it taps, watches the mood that comes back, and at the end holds what was
 * counted against what it sent.
 */
#ifndef CLIENT_CROWD_CROWD_H
#define CLIENT_CROWD_CROWD_H

#include "client/crowd/options.h"
#include "client/crowd/sink.h"

/*
 * Runs the crowd until its time is over or SIGINT or SIGTERM comes (both are blocked here, and
 * taken as events). The closing line is the last on standard output. Returns the exit status.
 */
int crowd_run(const struct crowd_options *options, struct sink sink);

#endif

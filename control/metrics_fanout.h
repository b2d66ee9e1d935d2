/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The fan-out as metrics.
 */
#ifndef CONTROL_METRICS_FANOUT_H
#define CONTROL_METRICS_FANOUT_H

#include "control/metrics.h"
#include "fanout/fanout.h"

void metrics_fanout(struct metrics *m, const struct fanout *f);

#endif

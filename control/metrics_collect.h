/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the appliance knows of itself, as metrics. Nothing here waits for a worker: figures need no
 * consistent copy, and a worker that hangs must not delay a window. (The ledger, which does wait,
 * is `uproar stats`.)
 */
#ifndef CONTROL_METRICS_COLLECT_H
#define CONTROL_METRICS_COLLECT_H

#include "control/appliance.h"

/* The whole text; NULL: no memory. free() it. Control thread. */
char *metrics_collect(const struct appliance *a);

#endif

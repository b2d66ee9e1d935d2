/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Registers as a worker leaves them when so many people, drawn by a seed, have reacted. */
#ifndef PERF_CLUSTER_PEOPLE_H
#define PERF_CLUSTER_PEOPLE_H

#include "control/hyperloglog.h"

void people_gather(struct hyperloglog *h, unsigned n, uint64_t seed);

#endif

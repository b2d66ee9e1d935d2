/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Commands of DPDK's telemetry socket, /uproar/…: the same figures as `uproar stats --json`, for
 * dpdk-telemetry.py and what else speaks to DPDK programs.
 */
#ifndef CONTROL_TELEMETRY_H
#define CONTROL_TELEMETRY_H

#include "control/questions.h"

/*
 * Registers them, once a process. DPDK's threads ask through what is returned; serve it, and close
 * it when nobody answers any more. NULL: no descriptor.
 */
struct questions *telemetry_open(void);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Where subscribers are expected, in words.
 */
#ifndef CONTROL_READY_H
#define CONTROL_READY_H

#include "control/config.h"

enum { READY_MAX = 160 };

/*
 * "subscribers on TCP port 7701 and HTTP port 7780": the first port of each kind that is there, or
 * "no subscribers". Returns out.
 */
const char *ready_subscribers(const struct config *c, char out[READY_MAX]);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The fan-out's part of the statistics.
 */
#ifndef CONTROL_FANOUT_JSON_H
#define CONTROL_FANOUT_JSON_H

#include "fanout/fanout.h"

#include <jansson.h>

/* Subscribers, and what they were sent. NULL: no memory. */
json_t *fanout_json(const struct fanout *fanout);

/* How long after a window its frames were sent. */
json_t *delivery_json(const struct fanout *fanout);

#endif

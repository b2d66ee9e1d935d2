/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* GET /v1/channels/N/timeline: docs/protocol.md. */
#ifndef CONTROL_TIMELINE_JSON_H
#define CONTROL_TIMELINE_JSON_H

#include "control/timeline_points.h"

/* NULL: no memory. free() it. */
char *timeline_json(unsigned channel, const char *name, const struct timeline_points *t);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The address and port that a viewer of the simulated crowd seems to have. */
#ifndef CLIENT_RELAY_VIEWER_FLOW_H
#define CLIENT_RELAY_VIEWER_FLOW_H

#include "client/relay/frame_build.h"

/* From 10.0.0.0/8 to 127.0.0.1, or, one in three, from 2001:db8::/32 to ::1. */
void viewer_flow(uint32_t viewer, uint16_t port, struct flow *out);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The documents that the fan-out serves: the page, the catalogue, the health.
 */
#ifndef CONTROL_PAGES_H
#define CONTROL_PAGES_H

#include "control/config.h"
#include "fanout/fanout.h"

/* The page, and the catalogue unless that comes out of a cluster. 0 or -errno. */
int pages_publish(struct fanout *f, const struct config *config);

/* How long after the end of a window the health may say that all is well, in milliseconds. */
uint64_t pages_health_ms(unsigned window_ms);

/*
 * GET /healthz: these members, behind "status": "ok" until then (milliseconds of CLOCK_MONOTONIC),
 * and "stale" with status 503 after it.
 */
void pages_put_health(struct fanout *f, const char *members, uint64_t until);

/* That of an appliance without a cluster, after each window. */
void pages_publish_health(struct fanout *f, uint64_t window, uint64_t ends_ms, unsigned window_ms);

#endif

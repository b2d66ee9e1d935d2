/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Frames with gaps where viewers differ: sender, channel, session and sequence are zero. Of each,
 * the sums of what is there are known, so that filling the gaps costs few additions.
 */
#ifndef CLIENT_TRAFFIC_TEMPLATES_H
#define CLIENT_TRAFFIC_TEMPLATES_H

#include "client/traffic/traffic.h"

/* How many of each form, powers of two; of hostile frames for each reason. */
enum {
	TEMPLATES_BATCHES = 1024,
	TEMPLATES_UNSEQUENCED = 256,
	TEMPLATES_HOSTILE = 16,
};

/* Those of each form that occurs, into t->templates and t->block. 0 or -ENOMEM. */
int templates_make(struct traffic *t);

#endif

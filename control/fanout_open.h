/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The fan-out as the configuration has it. Without its role it has no listeners, and nobody comes.
 */
#ifndef CONTROL_FANOUT_OPEN_H
#define CONTROL_FANOUT_OPEN_H

#include "control/config.h"

/* In a cluster it lets nobody in before fanout_admit(). With the pages that are there from the
 * beginning. 0, or -errno with a sentence in error; *out is to be stopped if it is not NULL. */
int fanout_open(struct fanout **out, const struct config *c, char *error, size_t cap);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The two things that `uproar-gen` does, on a device with a link. They return exit statuses. */
#ifndef CLIENT_GEN_COMMAND_H
#define CLIENT_GEN_COMMAND_H

#include "client/gen/report.h"

int gen_run(const struct bench *b, struct report *r);
int gen_search(const struct bench *b, struct report *r);

#endif

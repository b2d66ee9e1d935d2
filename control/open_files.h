/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Open files of a node of a cluster: a merger alone has a few for each partition and broker, and
 * librdkafka's threads cannot say that one was refused. (A fan-out sees to its own.)
 */
#ifndef CONTROL_OPEN_FILES_H
#define CONTROL_OPEN_FILES_H

#include "control/config.h"

/* Raises the soft limit to what is needed, as far as the hard one allows; says so if that is less.
 */
void open_files_raise(const struct config *c);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the dataplane logs. Never used in a worker's loop.
 */
#ifndef DATAPLANE_LOG_H
#define DATAPLANE_LOG_H

#include "dataplane/log_module.h"

extern struct log_module dataplane_log;

#define LOG_HERE dataplane_log

#endif

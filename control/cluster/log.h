/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the cluster logs, and what librdkafka logs through it (option log.cluster).
 */
#ifndef CONTROL_CLUSTER_LOG_H
#define CONTROL_CLUSTER_LOG_H

#include "dataplane/log_module.h"

extern struct log_module cluster_log;

#define LOG_HERE cluster_log

#endif

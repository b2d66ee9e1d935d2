/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Would librdkafka start with all options of a cluster? Much that each of them alone does not show
 * comes out only then: files that are not there, options that do not fit together.
 */
#ifndef CONTROL_CLUSTER_KAFKA_OPTIONS_H
#define CONTROL_CLUSTER_KAFKA_OPTIONS_H

#include "control/config.h"

/*
 * 0, or -EINVAL with a sentence in error, and in which the option that it is about, n_kafka if it
 * is not known. Reads the files that the options name, and reaches for no broker.
 */
int kafka_options_check(
	const struct config_cluster *config, unsigned *which, char *error, size_t cap);

#endif

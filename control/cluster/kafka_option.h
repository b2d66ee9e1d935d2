/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Would librdkafka take an option of cluster.kafka, and may it be set at all? Those on which the
 * exactness of the totals rests are uproar's own.
 */
#ifndef CONTROL_CLUSTER_KAFKA_OPTION_H
#define CONTROL_CLUSTER_KAFKA_OPTION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * 0, or -EINVAL with a sentence in error: there is no such option (and which may be meant), it is
 * not to be set, or librdkafka does not take the value. A password is not repeated; secret: neither
 * is anything else.
 */
int kafka_option_check(const char *name, const char *value, bool secret, char *error, size_t cap);

/* Options of librdkafka whose values are passwords and the like. */
bool kafka_option_holds_secret(const char *name);

#endif

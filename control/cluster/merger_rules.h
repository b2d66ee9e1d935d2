/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a merger makes frames by: channels, catalogue and rules of one configuration. It never
 * changes; a reload makes another one, and each partition goes on to it between two windows.
 */
#ifndef CONTROL_CLUSTER_MERGER_RULES_H
#define CONTROL_CLUSTER_MERGER_RULES_H

#include "control/catalogue.h"
#include "control/cluster/partition.h"

#include <stdatomic.h>

struct merger_rules {
	struct partition_rules rules; // points into what follows
	struct catalogue catalogue;   // without a matcher: there is no text here
	bool open[WIRE_CHANNELS_MAX];
	char *document; // catalogue for clients
	size_t document_len;
	char node[RECORD_NODE_MAX + 1];
	atomic_uint holders;
};

/* Held once. NULL: no memory. */
struct merger_rules *merger_rules_make(const struct config *config);
struct merger_rules *merger_rules_hold(struct merger_rules *r);
/* NULL is allowed. */
void merger_rules_drop(struct merger_rules *r);

#endif

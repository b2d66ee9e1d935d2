/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Names of nodes within records.
 */
#ifndef CONTROL_CLUSTER_RECORD_NODE_H
#define CONTROL_CLUSTER_RECORD_NODE_H

#include "control/cluster/record.h"
#include "control/cluster/record_bytes.h"

/* The next n bytes are a valid name, or the reader fails. */
void record_read_node(struct record_reader *r, size_t n, char out[RECORD_NODE_MAX + 1]);

/* The same behind its length in one byte. */
void record_read_named(struct record_reader *r, char out[RECORD_NODE_MAX + 1]);
void record_write_named(uint8_t **at, const char *node);

#endif

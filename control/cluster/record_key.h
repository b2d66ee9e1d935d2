/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The shape that both kinds of keys in the topic of tallies have; what a kind demands of it is
 * checked where that kind is decoded.
 */
#ifndef CONTROL_CLUSTER_RECORD_KEY_H
#define CONTROL_CLUSTER_RECORD_KEY_H

#include "control/cluster/record_node.h"

size_t record_key_write(
	uint8_t *out, enum record_kind kind, uint16_t channel, const struct record_source *s);

/* 0 or -EINVAL. */
int record_key_read(const void *key, size_t len, enum record_kind kind, uint16_t *channel,
	struct record_source *source);

#endif

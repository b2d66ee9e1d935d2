/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Asks brokers about a topic and waits for the answer.
 */
#ifndef CONTROL_CLUSTER_TOPIC_ASK_H
#define CONTROL_CLUSTER_TOPIC_ASK_H

#include "control/cluster/topic_verdict.h"

/* Makes no topic, not even with brokers that make those that are asked for. Waits patience_ms for
 * each of three answers at most. */
void topic_ask(rd_kafka_t *rk, const char *topic, int patience_ms, struct topic_found *out);

#endif

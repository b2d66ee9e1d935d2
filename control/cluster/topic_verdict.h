/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What is to be said about a topic, from what the brokers tell about it.
 */
#ifndef CONTROL_CLUSTER_TOPIC_VERDICT_H
#define CONTROL_CLUSTER_TOPIC_VERDICT_H

#include "control/cluster/topic_check.h"

enum { TOPIC_POLICY_MAX = 64 };

struct topic_found {
	rd_kafka_resp_err_t err;       // policy and partitions are void unless there is none
	char policy[TOPIC_POLICY_MAX]; // cleanup.policy
	int partitions;
	unsigned brokers; // if there is no such topic; 0: not known
};

/* TOPICS_UNKNOWN: nobody answered, or not for good. sentence is set if it is TOPICS_WRONG. */
enum topic_state topic_verdict(const struct topic_found *found, const char *topic,
	const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX]);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Are the topics as they must be: there, compacted (cleanup.policy has compact and not delete),
 * with exactly cluster.partitions partitions? It is asked by a thread, since librdkafka has no way
 * to ask for partitions without waiting: every few seconds until all is well, and seldom later.
 */
#ifndef CONTROL_CLUSTER_TOPIC_CHECK_H
#define CONTROL_CLUSTER_TOPIC_CHECK_H

#include "control/cluster/kafka.h"

struct topic_check;

/* Which ones: whoever only reads frames need not be allowed to look at the tallies. */
enum { TOPIC_TALLIES = 1 << 0, TOPIC_FRAMES = 1 << 1 };

enum topic_state {
	TOPICS_UNKNOWN, // no broker has answered yet
	TOPICS_GOOD,
	TOPICS_WRONG,
};

/* rk: any handle, and config: destroyed after the check is closed. fd: an eventfd, becomes readable
 * when the state changes. NULL: no memory. */
struct topic_check *topic_check_open(
	rd_kafka_t *rk, const struct config_cluster *config, unsigned topics, int fd);

/* Waits for the answer that is on its way, a few seconds at most. NULL is allowed. */
void topic_check_close(struct topic_check *t);

/* sentence: of TOPICS_WRONG, which topic, what was found, what was wanted, which command mends it;
 * else "". Never waits. */
enum topic_state topic_check_serve(struct topic_check *t, char sentence[KAFKA_SENTENCE_MAX]);

/* Asks at once, and then every few seconds until there is an answer: brokers seem to be away. */
void topic_check_hurry(struct topic_check *t);

/* How often brokers have answered: a sign of life where nothing else comes. */
unsigned topic_check_answers(struct topic_check *t);

#endif

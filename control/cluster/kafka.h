/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What all handles of librdkafka in this program have in common: their options, their log, their
 * errors in a sentence, a descriptor to wait for, and a look at the topics. Only files of
 * control/cluster/ include librdkafka.
 */
#ifndef CONTROL_CLUSTER_KAFKA_H
#define CONTROL_CLUSTER_KAFKA_H

#include "control/config.h"

#include <librdkafka/rdkafka.h>

enum { KAFKA_SENTENCE_MAX = 512 };

/* Options of uproard's own, over those of the configuration; the last has a NULL name. */
struct kafka_own_option {
	const char *name;
	const char *value;
};

/*
 * A producer or consumer with the configured options and these. Logs go to log.cluster, each
 * distinct line seldom. 0, or -errno with a sentence.
 */
int kafka_open(rd_kafka_t **out, rd_kafka_type_t type, const struct config_cluster *config,
	const struct kafka_own_option *own, void *opaque, char *error, size_t cap);

/* Makes fd (an eventfd, written 8 bytes) readable when the queue has something. */
void kafka_wake(rd_kafka_queue_t *queue, int fd);

/* What an error means for whoever runs the cluster and what to do: wrong credentials, an older
 * broker, no such topic, no permission, unreachable... One sentence, always terminated. */
void kafka_sentence(rd_kafka_resp_err_t err, const char *detail,
	const struct config_cluster *config, char out[KAFKA_SENTENCE_MAX]);

/*
 * Are the topics as they must be: there, compacted (cleanup.policy has compact and not delete),
 * with exactly config->partitions partitions? Asked without waiting; the answer comes with
 * topic_check_serve(), and it is asked again every few seconds until all is well, and seldom later.
 */
struct topic_check;
enum topic_state { TOPICS_UNKNOWN, TOPICS_GOOD, TOPICS_WRONG };

/* rk: any handle; its answers come to a queue of its own, which wakes fd. */
struct topic_check *topic_check_open(rd_kafka_t *rk, const struct config_cluster *config, int fd);
void topic_check_close(struct topic_check *t);
/* sentence: of TOPICS_WRONG, which topic, what was found, what was wanted, which command mends it.
 */
enum topic_state topic_check_serve(struct topic_check *t, char sentence[KAFKA_SENTENCE_MAX]);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What all handles of librdkafka in this program have in common: their options, their log, their
 * errors in a sentence, and a descriptor to wait for. Only files of
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
 * A producer or consumer with the configured options and these. events: RD_KAFKA_EVENT_ that its
 * queue has besides messages and RD_KAFKA_EVENT_ERROR, which are always there; serve it with
 * rd_kafka_queue_poll(). Logs go to log.cluster, each distinct line seldom. 0, or -errno with a
 * sentence that has no value of an option.
 */
int kafka_open(rd_kafka_t **out, rd_kafka_type_t type, int events,
	const struct config_cluster *config, const struct kafka_own_option *own, void *opaque,
	char *error, size_t cap);

/* Makes fd (an eventfd that does not block) readable when the queue, which was empty, has
 * something: whoever does not empty it writes fd again. Not for queues that are forwarded. */
void kafka_wake(rd_kafka_queue_t *queue, int fd);

/* The configured value of an option that has two names; NULL: none. */
const char *kafka_option(const struct config_cluster *config, const char *name, const char *alias);

/* How producers compress: as configured, else lz4. Registers are mostly zeros and small numbers. */
const char *kafka_codec(const struct config_cluster *config);

/* The value of bootstrap.servers, for sentences and commands. */
const char *kafka_servers(const struct config_cluster *config);

/* What an error means for whoever runs the cluster and what to do: wrong credentials, an older
 * broker, no such topic, no permission, unreachable... One sentence, always terminated. */
void kafka_sentence(rd_kafka_resp_err_t err, const char *detail,
	const struct config_cluster *config, char out[KAFKA_SENTENCE_MAX]);

#endif

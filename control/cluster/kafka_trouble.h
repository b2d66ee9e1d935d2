/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Why nothing goes through a handle of librdkafka now. Its errors come again and again, and a vague
 * one ("all brokers are down") behind the one that says why; this keeps the one that says most,
 * logs it once, and logs when it is over.
 */
#ifndef CONTROL_CLUSTER_KAFKA_TROUBLE_H
#define CONTROL_CLUSTER_KAFKA_TROUBLE_H

#include "control/cluster/kafka.h"

struct kafka_trouble {
	unsigned weight;                   // of what is known; 0: there is none
	char sentence[KAFKA_SENTENCE_MAX]; // "": there is none
};

void kafka_trouble_take(struct kafka_trouble *t, rd_kafka_resp_err_t err, const char *detail,
	const struct config_cluster *config);

/* Something came through. */
void kafka_trouble_end(struct kafka_trouble *t);

#endif

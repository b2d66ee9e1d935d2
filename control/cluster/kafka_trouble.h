/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Why nothing goes through a handle of librdkafka now. One broker of several that is away is no
 * trouble, and librdkafka says so again and again; that all are away it says without a reason. This
 * keeps what says most; it is logged once in the process, as is that it is over.
 */
#ifndef CONTROL_CLUSTER_KAFKA_TROUBLE_H
#define CONTROL_CLUSTER_KAFKA_TROUBLE_H

#include "control/cluster/kafka.h"

struct kafka_trouble {
	unsigned weight;                   // of what is known; 0: there is none
	char sentence[KAFKA_SENTENCE_MAX]; // "": there is none
	uint64_t stands;                   // kafka_standing.h; 0: it has not been logged
	bool of_broker;                    // that it said itself: it is there
	char away[KAFKA_SENTENCE_MAX];     // why a broker is; "": not known
};

void kafka_trouble_take(struct kafka_trouble *t, rd_kafka_resp_err_t err, const char *detail,
	const struct config_cluster *config);

/* What is wanted came through. */
void kafka_trouble_end(struct kafka_trouble *t);

/* Whoever was in it ends, and says nothing more. */
void kafka_trouble_forget(struct kafka_trouble *t);

/* A broker has answered something else: over, unless it was a broker that refused something. */
void kafka_trouble_answered(struct kafka_trouble *t);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The publisher from within: publisher.c is its outside, publisher_producer.c the handle of
 * librdkafka and what comes from it, publisher_round.c what is sent.
 */
#ifndef CONTROL_CLUSTER_PUBLISHER_STATE_H
#define CONTROL_CLUSTER_PUBLISHER_STATE_H

#include "control/cluster/kafka_trouble.h"
#include "control/cluster/publisher.h"
#include "control/cluster/record.h"
#include "control/cluster/topic_check.h"

/* One partition: the tallies of its rows, then a report. One round of them at a time, so that a
 * partition that nobody leads holds up no other. */
struct publisher_lane {
	unsigned on_way;  // records
	bool begins;      // in the round that is being made
	bool cut_short;   // there was no room for all of its records, so there is no report
	bool failed;      // one of its records was not taken
	uint64_t window;  // of the round on its way, or the last one
	uint64_t ends;    // of that window
	uint64_t through; // window of the last round that came through whole; 0: none
	uint64_t through_ends;
};

struct publisher {
	const struct config_cluster *cluster;
	uint32_t window_ms;
	int wake;
	/* All NULL while there is none: after a fatal error, until the next window. */
	rd_kafka_t *producer;
	rd_kafka_queue_t *queue;
	rd_kafka_topic_t *topic;
	struct topic_check *check;
	bool fatal; // this producer is of no more use
	struct kafka_trouble trouble;
	unsigned answers; // of the check, when the trouble began
	enum topic_state topics;
	char wrong[KAFKA_SENTENCE_MAX]; // with the topics
	struct publisher_lane *lanes;   // [cluster->partitions]
	bool *marks;                    // by row: has grown since it was sent
	uint32_t rows;
	uint64_t window, ends; // the newest that was closed; 0: none yet
	bool stuck; // the window before had not come through when the last one was closed
	bool leaves;
	struct record_tally tally; // that is being encoded
	struct publisher_status status;
};

/* Opens and closes the handle. 0, or -errno with a sentence. */
int publisher_producer_open(struct publisher *p, char *error, size_t cap);
void publisher_producer_close(struct publisher *p);

/* Takes what has come, and waits so long for the first of it, in milliseconds. */
void publisher_producer_serve(struct publisher *p, int wait_ms);

/* Nothing goes through: the topics are looked at, too. */
void publisher_trouble(struct publisher *p, rd_kafka_resp_err_t err, const char *detail);

/* Marks all rows that have counted anything; those that the last window made grow. */
void publisher_mark_all(struct publisher *p, const struct windows *w);
void publisher_mark_grown(struct publisher *p, const struct windows *w);

/* Begins a round in each partition that has none on its way and lacks the newest window. */
void publisher_begin_rounds(struct publisher *p, const struct windows *w);

/* A record has come to its end: what it was sent with, and was it taken? */
void publisher_delivered(struct publisher *p, void *sent_with, bool taken, size_t bytes);

/* Records on their way. */
unsigned publisher_on_way(const struct publisher *p);

#endif

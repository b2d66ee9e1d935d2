/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The log of librdkafka, whose threads write the same line for each broker and each attempt: a line
 * is told once, and again when a while has passed.
 */
#ifndef CONTROL_CLUSTER_KAFKA_LOG_H
#define CONTROL_CLUSTER_KAFKA_LOG_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	KAFKA_LOG_LINES = 64, // distinct ones that are remembered
	KAFKA_LOG_AGAIN_S = 300,
};

/* The lines that were told last. */
struct kafka_log_memory {
	struct {
		uint64_t kind;  // 0: free
		uint64_t until; // seconds
	} lines[KAFKA_LOG_LINES];
};

/* Is this line to be told now? Lines that differ in numbers alone are the same. */
bool kafka_log_is_new(struct kafka_log_memory *m, const char *line, uint64_t now_s);

/* rd_kafka_conf_set_log_cb(). */
void kafka_log(const rd_kafka_t *rk, int level, const char *facility, const char *line);

#endif

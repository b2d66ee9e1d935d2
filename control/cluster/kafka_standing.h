/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What is said of brokers stands for the whole process: a part of it that meets what another has
 * said already says nothing more, and that it is over is said when the last part is out of trouble.
 * For all threads.
 */
#ifndef CONTROL_CLUSTER_KAFKA_STANDING_H
#define CONTROL_CLUSTER_KAFKA_STANDING_H

#include <stdbool.h>
#include <stdint.h>

/* A sentence without what librdkafka says in it, which differs from handle to handle. Not 0. */
uint64_t kafka_standing_kind(const char *sentence);

/* A part is in this trouble. True: it is the first one, who says so. */
bool kafka_standing_enter(uint64_t kind);

/* It is not any more, since brokers answer, or because it ends. */
void kafka_standing_leave(uint64_t kind);

/* Brokers have answered some part. True: none is in trouble any more, and this is the first time it
 * is asked since one was. */
bool kafka_standing_is_over(void);

#endif

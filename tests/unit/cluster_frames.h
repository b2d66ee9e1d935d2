/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Records of the frames topic, as a merger makes them.
 */
#ifndef TESTS_UNIT_CLUSTER_FRAMES_H
#define TESTS_UNIT_CLUSTER_FRAMES_H

#include "control/cluster/record.h"
#include "wire/frame.h"

struct cluster_frame {
	uint8_t key[RECORD_FRAME_KEY];
	uint8_t value[16384];
	size_t len;
};

/* Unix milliseconds. */
uint64_t cluster_frame_ends(unsigned window);

/* It says as many taps as its window's number. */
void cluster_frame_make(struct cluster_frame *out, uint16_t channel, bool open, unsigned window);

#endif

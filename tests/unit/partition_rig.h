/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A partition, its clock, and what it gives: the newest frame of each channel as readers of the
 * topic have it, and sources whose tallies are to be deleted.
 */
#ifndef TESTS_PARTITION_RIG_H
#define TESTS_PARTITION_RIG_H

#include "control/cluster/partition.h"
#include "wire/frame.h"

enum {
	RIG_CHANNELS = 8,
	RIG_WINDOW = 2000,
	RIG_DEADLINE = 500,
	RIG_MISSED = 3,
	RIG_RETIRE = 60000,
	RIG_REACTIONS = 6,
	RIG_RETIRED_MAX = 256,
};

/* A full hour, Unix milliseconds. */
#define RIG_START 1800000000000ull

struct rig_frame {
	unsigned seen; // frames of the channel
	size_t key_len, len;
	uint8_t key[RECORD_FRAME_KEY];
	uint8_t value[1 << 14];
	struct record_frame record; // decoded from that
	struct frame frame;         // of its binary form, if there is one
};

struct rig {
	struct partition *p;
	struct partition_rules rules;
	bool open[WIRE_CHANNELS_MAX];
	double weights[WIRE_REACTIONS_MAX];
	const char *labels[WIRE_REACTIONS_MAX];
	struct rig_frame frames[RIG_CHANNELS]; // of the last window
	struct rig_frame topic[RIG_CHANNELS];  // committed
	unsigned n_retired;
	struct rig_retired {
		uint16_t channel;
		struct record_source source;
	} retired[RIG_RETIRED_MAX]; // with the last window
	unsigned events[RECORD_MALFORMED + 1];
	char node[RECORD_NODE_MAX + 1]; // of the last event
};

/* One partition has all channels; 0 to RIG_CHANNELS - 1 are open. Not begun. */
struct rig *rig_new(void);
void rig_free(struct rig *rig);

/* Another merger takes over: it has read the frames that were committed, and no tallies yet. */
void rig_take_over(struct rig *rig);

/* counts: of the first RIG_REACTIONS reactions. */
struct record_tally rig_tally(const char *node, uint64_t generation, uint16_t channel,
	uint64_t ends, const uint64_t *counts);
void rig_send(struct rig *rig, const struct record_tally *t);
void rig_delete(struct rig *rig, uint16_t channel, const struct record_source *s);

/* One tally with n taps of reaction 0. */
void rig_taps(struct rig *rig, const char *node, uint16_t channel, uint64_t ends, uint64_t n);
void rig_report(struct rig *rig, const char *node, uint64_t generation, uint64_t ends);
void rig_say(struct rig *rig, const struct record_report *r);

void rig_close(struct rig *rig, uint64_t now);  // frames, retired: of this window
void rig_commit(struct rig *rig);               // they are in the topic
void rig_window(struct rig *rig, uint64_t now); // both

uint64_t rig_merged(const struct rig *rig, uint16_t channel); // in the committed frame

#endif

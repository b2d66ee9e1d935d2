/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What came back: the newest frame of each of the crowd's channels, how far their totals have grown
 * since the crowd began, and which windows were seen.
 */
#ifndef CLIENT_CROWD_SCOREBOARD_H
#define CLIENT_CROWD_SCOREBOARD_H

#include "wire/frame.h"

struct board_channel {
	uint16_t id;
	bool seen;
	bool fresh;      // its newest window ended after the crowd came
	uint64_t before; // total when the crowd began
	struct frame newest;
};

struct scoreboard {
	unsigned n;
	struct board_channel *channels; // ascending by id
	uint64_t came;                  // when the crowd came, Unix milliseconds
	bool begun;
	uint32_t window;  // the newest seen
	bool complete;    // of which every channel's frame is there
	uint32_t windows; // distinct ones seen since the crowd began
};

/* The mood of all channels together in one window. */
struct board_sum {
	uint32_t window;
	uint64_t taps, total;
	double score;
	unsigned n; // entries, most counted first
	struct frame_entry entries[WIRE_REACTIONS_MAX];
};

/* channels: ascending; now in Unix milliseconds. 0, or -ENOMEM. */
int scoreboard_init(struct scoreboard *b, const uint16_t *channels, unsigned n, uint64_t now);
void scoreboard_free(struct scoreboard *b);

/*
 * May the crowd begin? Once a window of every channel has ended since it came: the taps that others
 * made before are then in the totals.
 */
bool scoreboard_ready(const struct scoreboard *b);
/* From here on growth and windows count. */
void scoreboard_begin(struct scoreboard *b);

/*
 * Takes a frame. *closed is filled, and true returned, when a window is over: its last channel has
 * come, or a newer window has begun without it.
 */
bool scoreboard_take(struct scoreboard *b, const struct frame *f, struct board_sum *closed);

/* Taps by which the totals have grown since scoreboard_begin(). */
uint64_t scoreboard_counted(const struct scoreboard *b);

/*
 * No more frames come. The newest window is summed up if some channels' frames of it are missing: a
 * crowd that has seen all its taps does not wait for them. False if it was summed up before.
 */
bool scoreboard_end(struct scoreboard *b, struct board_sum *last);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a partition holds, for the files that make it up: nodes, which report; channels; the sources
 * of a channel, whose counters add up to what it has merged.
 */
#ifndef CONTROL_CLUSTER_PARTITION_STATE_H
#define CONTROL_CLUSTER_PARTITION_STATE_H

#include "control/cluster/partition.h"

enum {
	PARTITION_SOURCES_MAX = 4096, // of a channel: 1024 nodes with arenas of before
	PARTITION_NODE_SLOTS = 2 * PARTITION_NODES_MAX,
	/* Windows are later than those before them, so a clock that was ahead, a predecessor's or
	 * ours, is waited for: but no longer than this. */
	PARTITION_AHEAD_MAX_MS = 60 * 1000,
};

/* A name that tallies or reports come with. */
struct node {
	char name[RECORD_NODE_MAX + 1];
	uint64_t spoke;      // arena of its last report; 0: it has not reported
	uint64_t ends;       // of that report
	uint64_t generation; // arena of the report that ended last
	uint64_t since;      // end of the first window that it reported from that arena
	uint64_t newest;     // and of the last
	uint64_t late;
	uint32_t window_ms;
	unsigned missed;     // windows closed since its last report
	unsigned place;      // in a channel's sources, where its own was found last
	bool live;           // waited for
	bool left;           // it said so
	bool heard;          // a report came since the last window was closed
	bool awaited;        // the last window was closed without it
	bool windows_differ; // said once
	bool retires;        // sources of its earlier arenas go with the window that is closed
	bool retired;        // they have gone
};

struct nodes {
	unsigned n;
	uint16_t slots[PARTITION_NODE_SLOTS]; // by hash of the name: place + 1; 0: free
	struct node all[PARTITION_NODES_MAX];
};

/* Counters of one node, arena and row. */
struct source {
	uint16_t node;
	uint16_t n;   // counters that it has
	bool retires; // with the window that is closed
	uint32_t began;
	uint64_t generation;
	uint64_t ends;    // of its newest tally
	uint64_t *counts; // [n]
};

/* Who reacted, by the window's parity: two windows can be on their way at a time. */
struct people_bank {
	uint64_t ends; // of the window; 0: nobody
	struct hyperloglog people;
};

/* Counters are by reaction. */
struct channel {
	uint16_t id;
	bool shown;  // the last committed frame had it open
	bool grown;  // since that frame
	bool framed; // in the window that is being closed
	bool opens;  // subscribers have it in that frame
	struct mood_memory mood;
	struct mood_memory mood_next; // once that is committed
	struct source *sources;
	unsigned n_sources, room;
	struct people_bank *banks; // [2], NULL: nobody ever
	/* Sources that are deleted: their names, the newest last. */
	struct record_source *retired_sources; // [RECORD_RETIRED_MAX], NULL: none
	unsigned n_retired;
	uint64_t taps; // of all reactions, in the sum: no stranger makes it begin again at 0
	uint64_t sum[WIRE_REACTIONS_MAX];       // of the sources, and retired
	uint64_t retired[WIRE_REACTIONS_MAX];   // of it: of sources that are deleted
	uint64_t committed[WIRE_REACTIONS_MAX]; // in the last committed frame
};

struct partition {
	unsigned number, of;
	struct partition_rules rules;
	struct partition_watch watch;
	bool begun;
	bool retires_more; // than fit in the window that is being closed
	bool closing;      // partition_close() has been; neither commit nor abort yet
	uint64_t closed;   // end of the last window that was closed
	uint64_t ends;     // of the last that was committed; 0: none known
	struct partition_stats stats;
	struct nodes nodes;
	struct record_tally tally; // that is being read
	struct record_frame frame; // read or made
	unsigned n_places;
	struct channel **channels; // by id / of; NULL: nothing known
};

void partition_event(
	struct partition *p, enum partition_event event, const char *node, uint64_t value);

/* Names. NULL: there are too many. */
struct node *nodes_find(struct nodes *n, const char *name, bool add);

/* Reports. */
void partition_report(struct partition *p, const struct record_report *r);
/* Have all that are waited for reported the window that ended then? */
bool partition_is_complete(const struct partition *p, uint64_t ends);
/* Who is dropped, who is late: the window is closed. */
void partition_count_missed(struct partition *p, uint64_t ends);
/* Nodes that have reported long enough from another arena than before. Returns whether any. */
bool partition_choose_retiring(struct partition *p);

/* Channels. NULL: it is not of this partition, or there is no memory. */
struct channel *partition_channel(struct partition *p, uint16_t id);
void channel_free(struct channel *c);
bool channel_can_retire(struct channel *c); // false: no memory
bool channel_has_retired(const struct channel *c, const struct record_source *s);

/* Sources. NULL: not known. */
struct source *partition_source(
	struct partition *p, struct channel *c, struct node *node, const struct record_source *of);
/* 0: nothing is new; 1: the channel has grown; -EOVERFLOW or -ENOMEM, and nothing has changed. */
int partition_merge(
	struct partition *p, struct channel *c, struct node *node, const struct record_tally *t);
/* Without its counters in the sum. */
void partition_remove_source(struct partition *p, struct channel *c, struct source *s);
/* Its counters stay in the sum, as retired. */
void partition_retire_source(struct partition *p, struct channel *c, struct source *s);
struct record_source partition_source_name(const struct partition *p, const struct source *s);

/* People. -ENOMEM is as if nobody was known. */
void channel_add_people(
	struct channel *c, uint64_t ends, uint32_t window_ms, const struct hyperloglog *people);
uint32_t channel_people(const struct channel *c, uint64_t ends, uint64_t taps);
void channel_forget_people(struct channel *c, uint64_t ends);

/* The frame of the window that is being closed, and what is retired with it, to the sink. */
void partition_give_frame(
	struct partition *p, struct channel *c, uint64_t made, const struct partition_sink *sink);
/* The frame is committed. */
void partition_commit_channel(struct partition *p, struct channel *c);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Merging, one partition of the tallies: a machine that is fed records and clock readings and gives
 * frames. It knows neither Kafka nor a thread; merger.h drives it.
 *
 * A source's counters are merged by the larger, reaction by reaction, and added over sources; what
 * merged has grown by since the frames that were committed last is the window. Windows end at
 * multiples of their length on the wall clock, for all nodes alike; their number is the Unix time
 * of their end in seconds, so that all mergers number alike without asking each other.
 *
 *   begin:   partition_frames_record() of all frames of its partition, then
 *            partition_tallies_record() of all tallies: what the predecessor had. Then
 *            partition_begin().
 *   run:     records as they come; when partition_due() says so, partition_close() gives the frames
 *            and the sources to delete; then, before another record, partition_commit() or, if they
 *            could not be published, partition_abort(): the next window has their taps too.
 */
#ifndef CONTROL_CLUSTER_PARTITION_H
#define CONTROL_CLUSTER_PARTITION_H

#include "control/cluster/record.h"
#include "control/config.h"

struct partition;

enum { PARTITION_NODES_MAX = 1024 };

/* What does not change with the records; owned by the caller, replaced at a reload. */
struct partition_rules {
	uint32_t window_ms;
	uint32_t deadline_ms; // after the end of a window: no longer waited for whoever is missing
	unsigned missed_windows; // so many without a report: a node is not waited for any more
	uint64_t retire_ms;      // so long a node must have reported from another arena before the
				 // tallies of the old one are deleted
	struct mood_rules mood;
	const char *const *labels; // frame_encode_json()
	const bool *open;          // by channel, WIRE_CHANNELS_MAX: subscribers have it
	const char *merger;        // our name
};

/* Events of nodes, for the log and metrics: of the caller, called within the calls below. */
enum partition_event {
	NODE_JOINED,           // reports for the first time, or again
	NODE_DROPPED,          // has missed too many windows
	NODE_LEFT,             // said so
	NODE_LATE,             // a window was closed without it, and then its report came
	NODE_WINDOWS_DIFFER,   // its windows have another length than ours
	SOURCE_RETIRED_SPEAKS, // tallies of a source that was retired: they are not counted
	NODES_TOO_MANY,
	RECORD_MALFORMED,
};
struct partition_watch {
	void (*event)(void *context, enum partition_event event, const char *node, uint64_t value);
	void *context;
};

struct partition_stats {
	uint64_t records; // tallies and reports taken
	uint64_t late;    // reports behind the end of their window
	uint64_t malformed, retired_refused;
	uint64_t windows; // committed
	uint64_t window;  // number of the last one committed
	uint64_t ends;    // its end, Unix ms; 0: none yet
	uint64_t taps;    // merged, of all channels
	unsigned channels, sources, nodes_live, nodes_dropped;
};

int partition_make(struct partition **out, unsigned number, unsigned of,
	const struct partition_rules *rules, const struct partition_watch *watch);
void partition_free(struct partition *p);
/* Rules of a reload; from the next window on. A channel that is no longer open has one more frame,
 * which says CLOSED. */
void partition_take_rules(struct partition *p, const struct partition_rules *rules);

/* Each record as it lies in the topics; value NULL: tombstone. Malformed ones are counted. */
void partition_tallies_record(
	struct partition *p, const void *key, size_t key_len, const void *value, size_t len);
void partition_frames_record(
	struct partition *p, const void *key, size_t key_len, const void *value, size_t len);

/* All that lay in the topics was taken. now_ms: wall clock. */
void partition_begin(struct partition *p, uint64_t now_ms);

/* Wall-clock milliseconds at which to look again, UINT64_MAX: when the next record comes; at most
 * now: a window is due. */
uint64_t partition_due(const struct partition *p, uint64_t now_ms);

/*
 * Closes the last window that has ended, with those before it that were not: a frame's length is
 * the time since the last window that was committed. Nothing if none is due. frame is called for
 * each channel that is open, was opened or closed, or has grown (one that subscribers do not have
 * has no binary form); retire for each source whose tallies can be deleted with it. The record is
 * valid during the call.
 */
struct partition_sink {
	void (*frame)(void *context, const struct record_frame *f);
	void (*retire)(void *context, uint16_t channel, const struct record_source *s);
	void *context;
};
void partition_close(struct partition *p, uint64_t now_ms, const struct partition_sink *sink);
void partition_commit(struct partition *p);
void partition_abort(struct partition *p);

void partition_read_stats(const struct partition *p, struct partition_stats *out);

/* Nodes, for stats: name, when the last report ended, waited for or not. Returns how many. */
struct partition_node {
	char name[RECORD_NODE_MAX + 1];
	uint64_t generation;
	uint64_t ends; // of its last report, Unix ms
	uint64_t late;
	bool live, left;
};
unsigned partition_nodes(const struct partition *p, struct partition_node *out, unsigned max);

#endif

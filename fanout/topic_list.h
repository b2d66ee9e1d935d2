/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Lists of topics that connections subscribed to. Those that asked for the same share one: a thread
 * keeps its lists in a table, by what was asked for (the key). So a subscription costs a connection
 * a pointer, whatever its length, and what follows from a list once a window is found out once.
 *
 * A list only ever grows: by channels that were opened after it was made, if its key asks for such.
 * Then places of the topics that it had stay what they were.
 */
#ifndef FANOUT_TOPIC_LIST_H
#define FANOUT_TOPIC_LIST_H

#include "fanout/channel.h"
#include "fanout/topic.h"

#include <stddef.h>

struct topic_list;
struct topic_lists;

/* How the topics of a key are found. */
struct topic_source {
	/* Adds what the key asks for, by topic_list_add(): of all->known, if the list grows.
	 * Returns 0 or -ENOMEM. */
	int (*fill)(struct topic_lists *all, struct topic_list *list, void *arg);

	/* Adds what it asks for of a channel that was opened for the first time. NULL: the list
	 * never grows. */
	void (*opened)(struct topic_lists *all, struct topic_list *list, uint16_t channel);
};

struct topic_list {
	struct topic_list *next; // of the same hash
	const struct topic_source *source;
	uint64_t hash;
	uint32_t refs;
	uint32_t n;
	uint32_t room;
	uint32_t key_len;
	uint32_t *topics;

	/* Found out once for all connections, when something has changed: */
	uint32_t looked;    // at which number of changes; see struct topic_lists
	uint32_t published; // frames of all topics, ever; wraps
	uint32_t before;    // of these, so many before their topic was added; wraps
	uint32_t available; // topics that have a newest frame
	bool ended;         // all channels are closed
	uint8_t key[];
};

enum {
	TOPIC_LIST_HASHES = 4096,
	TOPICS_MAX =
		1 << 24,  // of all lists of a thread together: who wants longer ones, gets no list;
	TOPICS_FREE = 16, // a list of so many has room in any case
};

struct topic_lists {
	const struct channel *channels;
	uint64_t secret;  // nobody outside can aim keys at one place of the table
	uint32_t changes; // goes up whenever anything about a channel has changed
	unsigned growing; // lists that may grow
	uint32_t topics;  // in all lists
	uint32_t n_known; // channels that were opened ever, the first first
	uint16_t known[CHANNELS_MAX];
	struct topic_list *by_hash[TOPIC_LIST_HASHES];
};

/* Zeroes it and gives it a secret. 0 or -errno. */
int topic_lists_init(struct topic_lists *all, const struct channel *channels);

/*
 * The list of that key, with a reference for the caller; made by source->fill() if there
 * is none. A list with a key of another source is another list. NULL if there is no memory.
 */
struct topic_list *topic_list_get(struct topic_lists *all, const void *key, size_t len,
	const struct topic_source *source, void *arg);

/* A list of these topics, which are also its key. */
struct topic_list *topic_list_of(struct topic_lists *all, const uint32_t *topics, uint32_t n);

void topic_list_unref(struct topic_lists *all, struct topic_list *list);

/* Only from within a topic_source. Does not look whether it is there already. 0 or -ENOMEM. */
int topic_list_add(struct topic_lists *all, struct topic_list *list, uint32_t topic);

/* A channel was opened that never was before: tells all lists that may grow. */
void topic_lists_opened(struct topic_lists *all, uint16_t channel);

/* Brings what is found out once up to date. */
void topic_list_look(struct topic_lists *all, struct topic_list *list);

#endif

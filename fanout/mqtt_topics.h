/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * From the filters of a connection to its list of topics. The filters are the list's key, so what a
 * connection subscribed to is found again there, and those that asked for the same share it.
 */
#ifndef FANOUT_MQTT_TOPICS_H
#define FANOUT_MQTT_TOPICS_H

#include "fanout/fanout.h"
#include "fanout/mqtt_filter.h"
#include "fanout/topic_list.h"

enum { MQTT_FILTERS_MAX = FANOUT_FILTERS_MAX };

/* Filters in a set, each text once. */
struct mqtt_filter_set {
	unsigned n;
	bool answered[MQTT_FILTERS_MAX]; // the newest frames of its topics are to be sent
	struct mqtt_filter filters[MQTT_FILTERS_MAX];
};

/* What one thread needs to find topics; large. */
struct mqtt_finder {
	struct mqtt_filter_set set; // that is being made
	uint32_t looked;            // at which number of changes (topic_list.h) was found out
	uint32_t closed;            // which channels are closed, in a hash; 0: none
	uint16_t wanted[CHANNELS_MAX];
};

/* The filters of such a list, none of them to be answered. list may be NULL: none. */
void mqtt_filter_set_load(struct mqtt_filter_set *set, const struct topic_list *list);

/* The place of the filter with this hash, or set->n. */
unsigned mqtt_filter_set_find(const struct mqtt_filter_set *set, uint64_t hash);

void mqtt_filter_set_remove(struct mqtt_filter_set *set, unsigned i);

/*
 * The list of finder->set, with a reference for the caller; its first *first topics are those to be
 * answered: of closed channels nothing is. NULL if there is no memory, or no more topics may be
 * listed.
 */
struct topic_list *mqtt_topics_get(
	struct topic_lists *all, struct mqtt_finder *finder, uint32_t *first);

#endif

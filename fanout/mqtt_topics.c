/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_topics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The key is a head and the filters. Usually every topic is answered, or none is: then the head is
 * zero. Else those that are answered come first; since topics that are added later come last, such
 * a list is only for the channels that are known and closed now.
 */
struct head {
	uint32_t answered; // filters, which come first
	uint32_t known;    // channels
	uint32_t closed;   // finder->closed
	uint32_t zero;     // nothing is left between here and the filters
};

struct key {
	struct head head;
	struct mqtt_filter filters[MQTT_FILTERS_MAX];
};

static unsigned filters_in(size_t key_len)
{
	return (unsigned)((key_len - sizeof(struct head)) / sizeof(struct mqtt_filter));
}

/* A key lies in its list at any address. */
static struct mqtt_filter filter_of(const struct topic_list *list, unsigned i)
{
	struct mqtt_filter f;

	memcpy(&f, list->key + sizeof(struct head) + i * sizeof(f), sizeof(f));
	return f;
}

void mqtt_filter_set_load(struct mqtt_filter_set *set, const struct topic_list *list)
{
	set->n = list == NULL ? 0 : filters_in(list->key_len);
	for (unsigned i = 0; i < set->n; i++) {
		set->filters[i] = filter_of(list, i);
		set->answered[i] = false;
	}
}

unsigned mqtt_filter_set_find(const struct mqtt_filter_set *set, uint64_t hash)
{
	unsigned i = 0;

	while (i < set->n && set->filters[i].hash != hash)
		i++;
	return i;
}

void mqtt_filter_set_remove(struct mqtt_filter_set *set, unsigned i)
{
	set->n--;
	set->filters[i] = set->filters[set->n];
	set->answered[i] = set->answered[set->n];
}

/*
 * What filters want of a channel, in a word: kinds that are answered, kinds of any filter, and
 * kinds that are always marked as retained.
 */
enum { KINDS = MQTT_TOPIC_FRAME | MQTT_TOPIC_JSON | MQTT_TOPIC_CATALOGUE, ALL = 3, RETAINED = 6 };

static unsigned wish(const struct mqtt_filter *f, unsigned kinds, bool answered)
{
	return (answered ? kinds : 0) | kinds << ALL |
	       (f->retain_as_published != 0 ? kinds << RETAINED : 0);
}

static int add_kind(struct topic_lists *all, struct topic_list *list, uint16_t channel,
	enum topic_kind kind, bool retained)
{
	return topic_list_add(all, list, topic_of(channel, kind, retained ? TOPIC_RETAINED : 0));
}

/* Adds these kinds of the channel. */
static int add_channel(struct topic_lists *all, struct topic_list *list, uint16_t channel,
	unsigned kinds, unsigned wanted)
{
	unsigned retained = wanted >> RETAINED;
	int ret = 0;

	if (channel == TOPIC_CATALOGUE)
		return (kinds & MQTT_TOPIC_CATALOGUE) == 0
			       ? 0
			       : add_kind(all, list, channel, TOPIC_JSON,
					 (retained & MQTT_TOPIC_CATALOGUE) != 0);
	if ((kinds & MQTT_TOPIC_FRAME) != 0)
		ret = add_kind(
			all, list, channel, TOPIC_BINARY, (retained & MQTT_TOPIC_FRAME) != 0);
	if (ret == 0 && (kinds & MQTT_TOPIC_JSON) != 0)
		ret = add_kind(all, list, channel, TOPIC_JSON, (retained & MQTT_TOPIC_JSON) != 0);
	return ret;
}

static unsigned answered_kinds(unsigned wanted)
{
	return wanted & KINDS;
}

static unsigned other_kinds(unsigned wanted)
{
	return wanted >> ALL & KINDS & ~answered_kinds(wanted);
}

static int add_all(struct topic_lists *all, struct topic_list *list, const uint16_t *wanted,
	unsigned wanted_of_any, unsigned (*choose)(unsigned wanted))
{
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < all->n_known; i++) {
		uint16_t channel = all->known[i];
		unsigned w = wanted[channel] | wanted_of_any;

		if (all->channels[channel].ended)
			w &= ~(unsigned)KINDS; // not answered
		ret = add_channel(all, list, channel, choose(w), w);
	}
	return ret;
}

/* Filters of one channel are noted there; the others are wanted of any. */
static int fill(struct topic_lists *all, struct topic_list *list, void *arg)
{
	struct mqtt_finder *finder = arg;
	uint16_t *wanted = finder->wanted;
	unsigned any = 0, n = filters_in(list->key_len);
	struct head head;

	memcpy(&head, list->key, sizeof(head));
	for (unsigned i = 0; i < n; i++) {
		struct mqtt_filter f = filter_of(list, i);
		unsigned w = wish(&f, f.kinds, i < head.answered);

		if (f.channel == MQTT_ANY_CHANNEL)
			any |= w;
		else
			wanted[f.channel] |= (uint16_t)w;
	}
	int ret = add_all(all, list, wanted, any, answered_kinds);
	if (ret == 0)
		ret = add_all(all, list, wanted, any, other_kinds);
	for (unsigned i = 0; i < n; i++)
		wanted[filter_of(list, i).channel] = 0;
	return ret;
}

/* Without memory the list does not grow: the subscriber hears nothing of that channel. */
static void opened(struct topic_lists *all, struct topic_list *list, uint16_t channel)
{
	unsigned wanted = 0;

	for (unsigned i = 0; i < filters_in(list->key_len); i++) {
		struct mqtt_filter f = filter_of(list, i);

		wanted |= wish(&f, mqtt_filter_kinds(&f, channel), false);
	}
	(void)add_channel(all, list, channel, other_kinds(wanted), wanted);
}

static const struct topic_source source = {.fill = fill, .opened = opened};

static int by_hash(const void *a, const void *b)
{
	uint64_t x = ((const struct mqtt_filter *)a)->hash,
		 y = ((const struct mqtt_filter *)b)->hash;

	return x < y ? -1 : x > y;
}

/* Copies the filters that are answered, or those that are not, in one order whatever was asked for
 * first. */
static unsigned copy_sorted(
	const struct mqtt_filter_set *set, bool answered, struct mqtt_filter *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < set->n; i++) {
		if (set->answered[i] == answered)
			out[n++] = set->filters[i];
	}
	if (n > 1)
		qsort(out, n, sizeof(out[0]), by_hash);
	return n;
}

static bool is_answered(const struct topic_lists *all, const struct key *key, uint32_t topic)
{
	static const unsigned kinds[TOPIC_KINDS] = {
		[TOPIC_BINARY] = MQTT_TOPIC_FRAME,
		[TOPIC_JSON] = MQTT_TOPIC_JSON | MQTT_TOPIC_CATALOGUE,
	};

	if (all->channels[topic_channel(topic)].ended)
		return false;
	for (unsigned i = 0; i < key->head.answered; i++) {
		if ((mqtt_filter_kinds(&key->filters[i], topic_channel(topic)) &
			    kinds[topic_kind(topic)]) != 0)
			return true;
	}
	return false;
}

/* Topics that are answered lie before the others. */
static uint32_t count_answered(
	const struct topic_lists *all, const struct topic_list *list, const struct key *key)
{
	uint32_t low = 0, high = list->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (is_answered(all, key, list->topics[middle]))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Once for each change. */
static void look(const struct topic_lists *all, struct mqtt_finder *finder)
{
	if (finder->looked == all->changes)
		return;
	finder->looked = all->changes;
	finder->closed = 0;
	for (uint32_t i = 0; i < all->n_known; i++) {
		if (all->channels[all->known[i]].ended)
			finder->closed = ((finder->closed ^ all->known[i]) * 16777619u) | 1;
	}
}

struct topic_list *mqtt_topics_get(
	struct topic_lists *all, struct mqtt_finder *finder, uint32_t *first)
{
	const struct mqtt_filter_set *set = &finder->set;
	struct key key;
	unsigned answered = copy_sorted(set, true, key.filters);
	unsigned others = copy_sorted(set, false, key.filters + answered);

	look(all, finder);
	bool mixed = answered > 0 && (others > 0 || finder->closed != 0);
	key.head =
		mixed ? (struct head){answered, all->n_known, finder->closed, 0} : (struct head){0};
	struct topic_list *list = topic_list_get(
		all, &key, sizeof(key.head) + set->n * sizeof(key.filters[0]), &source, finder);
	if (list != NULL)
		*first = mixed ? count_answered(all, list, &key) : answered > 0 ? list->n : 0;
	return list;
}

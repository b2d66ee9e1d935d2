/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/topic_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

int topic_lists_init(struct topic_lists *all, const struct channel *channels)
{
	*all = (struct topic_lists){.channels = channels, .changes = 1};
	if (getrandom(&all->secret, sizeof(all->secret), 0) != sizeof(all->secret))
		return -errno;
	all->secret |= 1;
	return 0;
}

static uint64_t mix(uint64_t a, uint64_t secret)
{
	unsigned __int128 product = (unsigned __int128)(a ^ secret >> 1) * secret;

	return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static uint64_t hash_of(const struct topic_lists *all, const uint8_t *key, size_t len)
{
	uint64_t hash = mix(len, all->secret), word;

	for (; len > 0; len -= len < 8 ? len : 8, key += 8) {
		word = 0;
		memcpy(&word, key, len < 8 ? len : 8);
		hash = mix(hash ^ word, all->secret);
	}
	return mix(hash, all->secret);
}

static struct topic_list **place_of(struct topic_lists *all, uint64_t hash)
{
	return &all->by_hash[hash % TOPIC_LIST_HASHES];
}

static struct topic_list *find(struct topic_lists *all, uint64_t hash, const void *key, size_t len,
	const struct topic_source *source)
{
	struct topic_list *list = *place_of(all, hash);

	while (list != NULL && (list->hash != hash || list->source != source ||
				       list->key_len != len || memcmp(list->key, key, len) != 0))
		list = list->next;
	return list;
}

static void free_list(struct topic_lists *all, struct topic_list *list)
{
	all->topics -= list->n;
	free(list->topics);
	free(list);
}

static struct topic_list *make(struct topic_lists *all, uint64_t hash, const void *key, size_t len,
	const struct topic_source *source, void *arg)
{
	struct topic_list *list = calloc(1, sizeof(*list) + len);

	if (list == NULL)
		return NULL;
	list->source = source;
	list->hash = hash;
	list->key_len = (uint32_t)len;
	memcpy(list->key, key, len);
	if (source->fill(all, list, arg) < 0) {
		free_list(all, list);
		return NULL;
	}
	list->next = *place_of(all, hash);
	*place_of(all, hash) = list;
	all->growing += source->opened != NULL;
	return list;
}

struct topic_list *topic_list_get(struct topic_lists *all, const void *key, size_t len,
	const struct topic_source *source, void *arg)
{
	uint64_t hash = hash_of(all, key, len);
	struct topic_list *list = find(all, hash, key, len, source);

	if (list == NULL)
		list = make(all, hash, key, len, source, arg);
	if (list != NULL)
		list->refs++;
	return list;
}

static int fill_with_key(struct topic_lists *all, struct topic_list *list, void *arg)
{
	const uint32_t *topics = arg;
	uint32_t n = list->key_len / sizeof(topics[0]);

	for (uint32_t i = 0; i < n; i++) {
		if (topic_list_add(all, list, topics[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

struct topic_list *topic_list_of(struct topic_lists *all, const uint32_t *topics, uint32_t n)
{
	static const struct topic_source source = {.fill = fill_with_key};

	return topic_list_get(all, topics, n * sizeof(topics[0]), &source, (void *)topics);
}

void topic_list_unref(struct topic_lists *all, struct topic_list *list)
{
	struct topic_list **at = place_of(all, list->hash);

	if (--list->refs > 0)
		return;
	while (*at != list)
		at = &(*at)->next;
	*at = list->next;
	all->growing -= list->source->opened != NULL;
	free_list(all, list);
}

int topic_list_add(struct topic_lists *all, struct topic_list *list, uint32_t topic)
{
	if (all->topics >= TOPICS_MAX && list->n >= TOPICS_FREE)
		return -ENOMEM;
	if (list->n == list->room) {
		uint32_t room = list->room == 0 ? 4 : list->room * 2;
		uint32_t *larger = realloc(list->topics, room * sizeof(list->topics[0]));

		if (larger == NULL)
			return -ENOMEM;
		list->topics = larger;
		list->room = room;
	}
	list->topics[list->n++] = topic;
	all->topics++;
	list->before += all->channels[topic_channel(topic)].number;
	list->looked = 0;
	return 0;
}

void topic_lists_opened(struct topic_lists *all, uint16_t channel)
{
	all->known[all->n_known++] = channel;
	if (all->growing == 0)
		return;
	for (unsigned i = 0; i < TOPIC_LIST_HASHES; i++) {
		for (struct topic_list *list = all->by_hash[i]; list != NULL; list = list->next) {
			if (list->source->opened != NULL)
				list->source->opened(all, list, channel);
		}
	}
}

void topic_list_look(struct topic_lists *all, struct topic_list *list)
{
	if (list->looked == all->changes)
		return;
	list->looked = all->changes;
	list->published = 0 - list->before;
	list->available = 0;
	list->ended = true;
	for (uint32_t i = 0; i < list->n; i++) {
		const struct channel *channel = &all->channels[topic_channel(list->topics[i])];

		list->published += channel->number;
		list->available += channel->newest != NULL;
		list->ended = list->ended && channel->ended;
	}
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/subscription.h"

enum { SKIPPED_MOST = (1 << 30) - 1 };

/* Older than any stamp there will be, as far as signed differences tell. */
static uint32_t long_ago(uint32_t stamp)
{
	return stamp - (1u << 30);
}

void subscription_begin(struct subscription *s, struct topic_lists *all, struct topic_list *list,
	uint32_t first, uint32_t stamp)
{
	topic_list_look(all, list);
	*s = (struct subscription){
		.list = list,
		.n = list->n,
		.left = first,
		.first = first,
		.older = long_ago(stamp),
		.newer = stamp,
		.stamp = stamp,
		.published = list->published,
		.answers = true,
	};
	for (uint32_t i = 0; i < first; i++)
		s->owed += all->channels[topic_channel(list->topics[i])].newest != NULL;
}

static uint32_t count_skipped(struct subscription *s, uint32_t n)
{
	uint32_t room = SKIPPED_MOST - s->skipped;

	s->skipped += n < room ? n : room;
	return n;
}

static uint32_t skip_all_but(struct subscription *s, uint32_t n)
{
	uint32_t skipped = s->owed > n ? s->owed - n : 0;

	s->owed -= skipped;
	return count_skipped(s, skipped);
}

uint32_t subscription_settle(struct subscription *s)
{
	return skip_all_but(s, 0);
}

uint32_t subscription_end(struct subscription *s, struct topic_lists *all)
{
	topic_list_look(all, s->list);
	s->owed += s->list->published - s->published;
	uint32_t skipped = skip_all_but(s, s->left);

	topic_list_unref(all, s->list);
	s->list = NULL;
	return skipped;
}

/* Channels were added at the end, so the circle is another: one stretch, with the older bound. */
static void round_of_longer_list(struct subscription *s)
{
	if (s->left == 0)
		s->older = s->stamp;
	else if (s->first == 0)
		s->older = s->newer;
	s->n = s->list->n;
	s->first = s->left = s->n;
	s->newer = s->older;
	s->answers = false;
}

/*
 * The next places are those that the round has not reached. If these are of both stretches, what it
 * has passed must count as no newer than the second.
 */
static void next_round(struct subscription *s)
{
	if (s->first == 0) {
		s->first = s->left;
		s->older = s->newer;
		s->newer = s->stamp;
		s->answers = false;
	} else if (s->left == s->first) {
		s->newer = s->stamp;
	}
	s->left = s->n;
}

uint32_t subscription_notice(struct subscription *s, struct topic_lists *all, uint32_t stamp)
{
	if (s->held || s->stamp == stamp)
		return 0;
	topic_list_look(all, s->list);
	s->owed += s->list->published - s->published;
	s->published = s->list->published;
	if (s->n != s->list->n)
		round_of_longer_list(s);
	else
		next_round(s);
	s->stamp = stamp;
	return skip_all_but(s, s->left);
}

static void step(struct subscription *s)
{
	s->place = s->place + 1 == s->n ? 0 : s->place + 1;
	s->left--;
	s->first -= s->first > 0;
}

/* The frame at a place so many ahead, if it was not sent; else NULL. */
static struct held_frame *unsent(
	const struct subscription *s, const struct channel *channels, uint32_t ahead)
{
	uint32_t place = s->place + ahead < s->n ? s->place + ahead : s->place + ahead - s->n;
	const struct channel *channel = &channels[topic_channel(s->list->topics[place])];
	uint32_t sent = ahead < s->first ? s->older : s->newer;

	return (int32_t)(channel->stamp - sent) > 0 ? channel->newest : NULL;
}

static bool any_unsent(const struct subscription *s, const struct channel *channels, uint32_t ahead)
{
	for (; ahead < s->left; ahead++) {
		if (unsent(s, channels, ahead) != NULL)
			return true;
	}
	return false;
}

bool subscription_has_unsent(const struct subscription *s, const struct channel *channels)
{
	return any_unsent(s, channels, 0);
}

bool subscription_offer(struct subscription *s, const struct channel *channels, struct offer *offer)
{
	for (; s->left > 0; step(s)) {
		uint32_t topic = s->list->topics[s->place];

		offer->frame = unsent(s, channels, 0);
		if (offer->frame == NULL)
			continue;
		offer->kind = topic_kind(topic);
		offer->retained =
			(s->answers && s->first > 0) || (topic_flags(topic) & TOPIC_RETAINED) != 0;
		offer->more = any_unsent(s, channels, 1);
		return true;
	}
	return false;
}

void subscription_begun(struct subscription *s)
{
	step(s);
	s->owed -= s->owed > 0;
}

uint32_t subscription_skip(struct subscription *s)
{
	uint32_t skipped = s->owed > 0;

	subscription_begun(s);
	return count_skipped(s, skipped);
}

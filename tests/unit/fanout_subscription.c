/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How a subscriber goes round its list, without a connection: channels whose frames carry nothing
 * but their number.
 */

#include "fanout/subscription.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 8 };

struct world {
	struct channel channels[CHANNELS];
	struct topic_lists lists;
	uint32_t stamp;
	uint32_t skipped, sent;
};

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	cr_assert_eq(topic_lists_init(&w->lists, w->channels), 0);
	return w;
}

static void world_free(struct world *w, struct subscription *s)
{
	if (s->list != NULL)
		subscription_end(s, &w->lists);
	for (unsigned i = 0; i < TOPIC_LIST_HASHES; i++)
		cr_assert_null(w->lists.by_hash[i], "no list is left");
	for (unsigned i = 0; i < CHANNELS; i++)
		held_frame_free(w->channels[i].newest);
	free(w);
}

/* A new frame in the stamp that is being made. */
static void replace(struct world *w, uint16_t channel, uint32_t number)
{
	struct channel *c = &w->channels[channel];

	held_frame_free(c->newest);
	c->newest = held_frame_new(&(struct fanout_frame){.channel = channel}, number);
	c->number = number;
	c->stamp = w->stamp + 1;
}

/* What was replaced was taken from the mailbox at once. */
static void stamp(struct world *w)
{
	w->stamp++;
	w->lists.changes++;
}

static void subscribe(struct world *w, struct subscription *s, const uint16_t *channels, uint32_t n)
{
	uint32_t topics[CHANNELS];

	for (uint32_t i = 0; i < n; i++)
		topics[i] = topic_of(channels[i], TOPIC_JSON, 0);
	subscription_begin(s, &w->lists, topic_list_of(&w->lists, topics, n), n, w->stamp);
}

/* Channel and number of the next frame, as if it had been sent, as 1000 * channel + number; 0: none
 */
static uint32_t next(struct world *w, struct subscription *s)
{
	struct offer offer;

	w->skipped += subscription_notice(s, &w->lists, w->stamp);
	if (!subscription_offer(s, w->channels, &offer)) {
		w->skipped += subscription_settle(s);
		return 0;
	}
	subscription_begun(s);
	w->sent++;
	return offer.frame->channel * 1000u + offer.frame->number;
}

Test(fanout_subscription, of_each_channel_in_turn_the_newest_not_had)
{
	struct world *w = world_new();
	struct subscription s;

	replace(w, 0, 10);
	replace(w, 2, 20);
	stamp(w);
	subscribe(w, &s, (uint16_t[]){2, 0, 3}, 3);
	cr_assert_eq(next(w, &s), 2020);
	replace(w, 2, 22); // must wait until the others have had their turn
	replace(w, 3, 1);
	stamp(w);
	cr_assert_eq(next(w, &s), 10);
	cr_assert_eq(next(w, &s), 3001);
	cr_assert_eq(next(w, &s), 2022);
	cr_assert_eq(next(w, &s), 0);
	cr_assert_eq(w->skipped, 1, "21 was skipped");
	world_free(w, &s);
}

Test(fanout_subscription, a_frame_that_was_not_begun_gives_way_to_a_newer)
{
	struct world *w = world_new();
	struct subscription s;
	struct offer offer;

	subscribe(w, &s, (uint16_t[]){0}, 1);
	replace(w, 0, 1);
	stamp(w);
	cr_assert_eq(subscription_notice(&s, &w->lists, w->stamp), 0);
	cr_assert(subscription_offer(&s, w->channels, &offer)); // it did not fit
	replace(w, 0, 2);
	stamp(w);
	cr_assert_eq(next(w, &s), 2);
	cr_assert_eq(next(w, &s), 0);
	cr_assert_eq(w->skipped, 1);
	w->channels[0].ended = true;
	w->lists.changes++;
	topic_list_look(&w->lists, s.list);
	cr_assert(s.list->ended);
	world_free(w, &s);
}

Test(fanout_subscription, what_a_blocked_one_misses_is_counted_once)
{
	struct world *w = world_new();
	struct subscription s;

	w->channels[0].number = UINT32_MAX - 2; // numbers wrap
	w->channels[1].number = 5;
	subscribe(w, &s, (uint16_t[]){0, 1}, 2);
	cr_assert_eq(subscription_notice(&s, &w->lists, w->stamp), 0, "nothing came");
	replace(w, 0, 2);
	replace(w, 1, 6);
	stamp(w);
	cr_assert_eq(subscription_notice(&s, &w->lists, w->stamp), 4, "two before 0, 0 and 1");
	cr_assert_eq(subscription_notice(&s, &w->lists, w->stamp), 0);
	replace(w, 0, 4);
	replace(w, 1, 8);
	stamp(w);
	cr_assert_eq(subscription_notice(&s, &w->lists, w->stamp), 4);
	cr_assert_eq(next(w, &s), 4);
	cr_assert_eq(next(w, &s), 1008);
	cr_assert_eq(next(w, &s), 0);
	cr_assert_eq(w->skipped, 0, "all were counted before");
	world_free(w, &s);
}

Test(fanout_subscription, who_goes_has_skipped_what_was_replaced)
{
	struct world *w = world_new();
	struct subscription s;

	replace(w, 0, 1);
	stamp(w);
	subscribe(w, &s, (uint16_t[]){0}, 1);
	replace(w, 0, 4);
	stamp(w);
	cr_assert_eq(subscription_end(&s, &w->lists), 3, "1 to 3; the newest could still be had");
	world_free(w, &s);
}

Test(fanout_subscription, only_the_answer_to_a_subscription_is_marked)
{
	struct world *w = world_new();
	struct subscription s;
	struct offer offer;
	uint32_t topics[] = {topic_of(0, TOPIC_JSON, 0), topic_of(1, TOPIC_BINARY, 0),
		topic_of(2, TOPIC_JSON, TOPIC_RETAINED)};

	for (uint16_t c = 0; c < 3; c++)
		replace(w, c, 1);
	stamp(w);
	subscription_begin(&s, &w->lists, topic_list_of(&w->lists, topics, 3), 2, w->stamp);
	cr_assert(subscription_offer(&s, w->channels, &offer));
	cr_assert(offer.retained);
	cr_assert_eq(offer.kind, TOPIC_JSON);
	subscription_begun(&s);
	replace(w, 0,
		2); // in the middle of the answer: this one is live, the rest of the answer is not
	stamp(w);
	subscription_notice(&s, &w->lists, w->stamp);
	cr_assert(subscription_offer(&s, w->channels, &offer));
	cr_assert(offer.retained && offer.kind == TOPIC_BINARY && offer.frame->channel == 1);
	subscription_begun(&s);
	cr_assert(subscription_offer(&s, w->channels, &offer), "the third was not to be answered");
	cr_assert(!offer.retained && offer.frame->channel == 0 && offer.frame->number == 2);
	subscription_begun(&s);
	cr_assert(!subscription_offer(&s, w->channels, &offer));
	replace(w, 2, 2);
	stamp(w);
	subscription_notice(&s, &w->lists, w->stamp);
	cr_assert(subscription_offer(&s, w->channels, &offer));
	cr_assert(offer.retained, "its topic wants it so");
	world_free(w, &s);
}

/* A model that remembers of each topic what was sent last. */
struct model {
	uint32_t sent[CHANNELS];
	uint32_t published; // since the subscription, and what there was then
	unsigned behind;    // stamps since the round that was done last
	unsigned again;
};

static void check(struct world *w, struct model *m, uint32_t got, bool all_move)
{
	uint32_t channel = got / 1000, number = got % 1000;

	if (number == m->sent[channel])
		m->again++;
	cr_assert_geq(number, m->sent[channel], "never an older one");
	cr_assert(number > m->sent[channel] || (!all_move && m->behind > 2),
		"%u of channel %u twice, %u stamps behind", number, channel, m->behind);
	cr_assert_eq(number, w->channels[channel].number, "always the newest");
	m->sent[channel] = number;
}

static void publish(struct world *w, struct model *m, bool all_move)
{
	bool any = false;

	for (uint16_t c = 0; c < CHANNELS; c++) {
		if (!all_move && random() % 3 != 0)
			continue;
		replace(w, c, w->channels[c].number + 1);
		m->published += 1;
		any = true;
	}
	if (any)
		stamp(w);
	m->behind += any;
}

static void go_round(bool all_move, unsigned greed)
{
	static const uint16_t every[CHANNELS] = {3, 1, 4, 0, 5, 2, 6, 7};
	struct world *w = world_new();
	struct subscription s;
	struct model m = {0};
	uint32_t got;

	publish(w, &m, true);
	subscribe(w, &s, every, CHANNELS);
	for (unsigned i = 0; i < 300; i++) {
		unsigned may = (unsigned)random() % greed;

		while (may-- > 0 && (got = next(w, &s)) != 0)
			check(w, &m, got, all_move);
		if (subscription_is_done(&s))
			m.behind = 0;
		publish(w, &m, all_move);
	}
	while ((got = next(w, &s)) != 0)
		check(w, &m, got, all_move);
	for (unsigned c = 0; c < CHANNELS; c++)
		cr_assert_eq(
			m.sent[c], w->channels[c].number, "channel %u ends with its newest", c);
	if (m.again == 0)
		cr_assert_eq(w->sent + w->skipped, m.published);
	cr_assert(!all_move || m.again == 0);
	world_free(w, &s);
}

Test(fanout_subscription, however_slow_it_ends_with_the_newest_of_each_and_all_is_counted)
{
	srandom(7701);
	for (unsigned greed = 1; greed <= 40; greed++) {
		go_round(true, greed);
		go_round(false, greed);
	}
}

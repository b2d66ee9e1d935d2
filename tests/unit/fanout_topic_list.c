/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/pool.h"
#include "fanout/subscription.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct channel channels[8];
static struct topic_lists *lists;

static void set_up(void)
{
	lists = calloc(1, sizeof(*lists));
	cr_assert_eq(topic_lists_init(lists, channels), 0);
}

static void tear_down(void)
{
	free(lists);
}

TestSuite(fanout_topic_list, .init = set_up, .fini = tear_down);

Test(fanout_topic_list, who_asks_for_the_same_shares_a_list)
{
	const uint32_t a[] = {topic_of(1, TOPIC_JSON, 0), topic_of(2, TOPIC_JSON, 0)};
	const uint32_t b[] = {topic_of(1, TOPIC_JSON, 0), topic_of(2, TOPIC_BINARY, 0)};
	struct topic_list *first = topic_list_of(lists, a, 2), *second = topic_list_of(lists, b, 2);
	struct topic_list *shorter = topic_list_of(lists, a, 1);

	cr_assert_neq(first, second);
	cr_assert_neq(first, shorter);
	cr_assert_eq(topic_list_of(lists, a, 2), first);
	cr_assert_eq(first->refs, 2);
	topic_list_unref(lists, first);
	topic_list_unref(lists, first);
	first = topic_list_of(lists, a, 2);
	cr_assert_eq(first->refs, 1, "it was freed and made anew");
	topic_list_unref(lists, first);
	topic_list_unref(lists, second);
	topic_list_unref(lists, shorter);
}

Test(fanout_topic_list, what_follows_from_it_is_found_out_once)
{
	const uint32_t topics[] = {topic_of(1, TOPIC_JSON, 0), topic_of(2, TOPIC_JSON, 0)};
	struct topic_list *list;

	channels[1].number = 40;
	list = topic_list_of(lists, topics, 2);
	topic_list_look(lists, list);
	cr_assert_eq(list->published, 0);
	cr_assert_eq(list->available, 0);
	channels[1].number = 42;
	channels[2].number = 1;
	topic_list_look(lists, list);
	cr_assert_eq(list->published, 0, "nobody said that anything has changed");
	lists->changes++;
	topic_list_look(lists, list);
	cr_assert_eq(list->published, 3);
	channels[1].ended = true;
	lists->changes++;
	topic_list_look(lists, list);
	cr_assert(!list->ended);
	channels[2].ended = true;
	lists->changes++;
	topic_list_look(lists, list);
	cr_assert(list->ended);
	topic_list_unref(lists, list);
}

static int fill_even(struct topic_lists *all, struct topic_list *list, void *arg)
{
	for (uint16_t c = 0; c < 4; c += 2)
		topic_list_add(all, list, topic_of(c, TOPIC_BINARY, 0));
	return 0;
}

static void add_even(struct topic_lists *all, struct topic_list *list, uint16_t channel)
{
	if (channel % 2 == 0)
		topic_list_add(all, list, topic_of(channel, TOPIC_BINARY, 0));
}

Test(fanout_topic_list, one_that_asks_for_it_grows_by_channels_that_are_opened)
{
	static const struct topic_source even = {.fill = fill_even, .opened = add_even};
	struct topic_list *list = topic_list_get(lists, "even", 4, &even, NULL);
	struct subscription s;
	struct offer offer;

	subscription_begin(&s, lists, list, 2, 1);
	cr_assert(!subscription_offer(&s, channels, &offer));
	topic_lists_opened(lists, 5);
	cr_assert_eq(list->n, 2);
	channels[6].number = 9;
	topic_lists_opened(lists, 6);
	cr_assert_eq(list->n, 3);
	channels[6].number = 10;
	channels[6].newest = held_frame_new(&(struct fanout_frame){.channel = 6}, 10);
	channels[6].stamp = 2;
	lists->changes++;
	cr_assert_eq(subscription_notice(&s, lists, 2), 0);
	cr_assert(subscription_offer(&s, channels, &offer));
	cr_assert_eq(offer.frame->channel, 6);
	cr_assert(!offer.retained);
	subscription_begun(&s);
	cr_assert_eq(subscription_settle(&s), 0, "what came before it was added is not missed");
	subscription_end(&s, lists);
	held_frame_free(channels[6].newest);
}

Test(fanout_pool, objects_are_zero_and_come_back)
{
	struct pool p;
	void *object[3];

	cr_assert_eq(pool_init(&p, 24, 3), 0);
	for (unsigned i = 0; i < 3; i++) {
		object[i] = pool_take(&p);
		cr_assert_not_null(object[i]);
		for (unsigned j = 0; j < 24; j++)
			cr_assert_eq(((uint8_t *)object[i])[j], 0);
		memset(object[i], 0xff, 24);
	}
	cr_assert_null(pool_take(&p), "all are taken");
	pool_give(&p, object[1]);
	pool_give(&p, NULL);
	uint8_t *again = pool_take(&p);
	cr_assert_eq(again, object[1]);
	for (unsigned j = 0; j < 24; j++)
		cr_assert_eq(again[j], 0);
	cr_assert_null(pool_take(&p));
	pool_fini(&p);
}

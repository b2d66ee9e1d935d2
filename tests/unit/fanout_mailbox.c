/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mailbox.h"
#include "fanout/subscription.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct held_frame *frame(uint16_t channel, uint32_t number)
{
	char json[32];
	int len = snprintf(json, sizeof(json), "{\"n\":%u}", number);

	return held_frame_new(&(struct fanout_frame){.channel = channel,
				      .window = number,
				      .binary = (const uint8_t *)"bin",
				      .binary_len = 3,
				      .json = json,
				      .json_len = (size_t)len},
		number);
}

struct taken {
	unsigned visits;
	uint16_t channel[8];
	uint32_t number[8]; // 0: no frame
};

static void note(void *arg, uint16_t channel, struct held_frame *f)
{
	struct taken *taken = arg;

	cr_assert_lt(taken->visits, 8);
	taken->channel[taken->visits] = channel;
	taken->number[taken->visits++] = f == NULL ? 0 : f->number;
	held_frame_free(f);
}

Test(fanout_mailbox, the_newest_frame_replaces_the_older)
{
	struct mailbox *m = mailbox_new();
	struct taken taken = {0};

	for (uint32_t n = 1; n <= 5; n++)
		mailbox_put(m, frame(7, n));
	mailbox_put(m, frame(65534, 1));
	mailbox_mark(m, 0);
	cr_assert_eq(mailbox_take(m, note, &taken), 3);
	cr_assert_arr_eq(taken.channel, ((uint16_t[]){0, 7, 65534}), 6);
	cr_assert_arr_eq(taken.number, ((uint32_t[]){0, 5, 1}), 12);
	cr_assert_eq(mailbox_take(m, note, &taken), 0, "what was taken is not taken again");
	mailbox_put(m, frame(7, 6));
	mailbox_free(m); // frees what nobody took; the sanitizer would tell
}

enum { ROUNDS = 20000, CHANNELS = 70 };

static void *publish(void *arg)
{
	for (uint32_t n = 1; n <= ROUNDS; n++)
		mailbox_put(arg, frame((uint16_t)(n % CHANNELS), n));
	return NULL;
}

static void check_order(void *arg, uint16_t channel, struct held_frame *f)
{
	uint32_t *last = arg;

	if (f == NULL)
		return;
	cr_assert_gt(f->number, last[channel], "never an older frame behind a newer one");
	last[channel] = f->number;
	held_frame_free(f);
}

Test(fanout_mailbox, beside_a_publishing_thread_nothing_new_is_lost)
{
	struct mailbox *m = mailbox_new();
	uint32_t last[CHANNELS] = {0};
	pthread_t thread;

	pthread_create(&thread, NULL, publish, m);
	for (unsigned i = 0; i < 2000; i++)
		mailbox_take(m, check_order, last);
	pthread_join(thread, NULL);
	mailbox_take(m, check_order, last);
	for (unsigned i = 0; i < CHANNELS; i++)
		cr_assert_gt(
			last[i], ROUNDS - CHANNELS, "channel %u ends with its newest frame", i);
	mailbox_free(m);
}

static void replace(struct channel *channels, uint16_t channel, uint32_t number)
{
	held_frame_free(channels[channel].newest);
	channels[channel].newest = frame(channel, number);
	channels[channel].number = number;
}

/* Takes the next frame as if it had been sent; its text, "" if there is none. */
static const char *next(struct subscription *s, const struct channel *channels, uint32_t *skipped)
{
	static char text[64];
	bool ended;
	struct buffer *b = subscription_offer(s, channels, &ended);

	text[0] = '\0';
	if (b == NULL)
		return text;
	*skipped += subscription_begun(s);
	snprintf(text, sizeof(text), "%.*s", (int)b->len, b->bytes);
	buffer_unref(b);
	return text;
}

Test(fanout_subscription, of_each_channel_in_turn_the_newest_not_had)
{
	struct channel channels[4] = {0};
	struct channel_list list = {.n = 3, .channels = {2, 0, 3}};
	uint32_t skipped = 0;

	replace(channels, 0, 10);
	replace(channels, 2, 20);
	struct subscription *s = subscription_new(&list, ENCODING_TCP_JSON, channels);
	cr_assert_str_eq(next(s, channels, &skipped), "{\"n\":20}\n");
	replace(channels, 2, 22); // must wait until the others have had their turn
	replace(channels, 3, 1);
	cr_assert_str_eq(next(s, channels, &skipped), "{\"n\":10}\n");
	cr_assert_str_eq(next(s, channels, &skipped), "{\"n\":1}\n");
	cr_assert_str_eq(next(s, channels, &skipped), "{\"n\":22}\n");
	cr_assert_eq(skipped, 1, "21 was skipped");
	cr_assert_str_eq(next(s, channels, &skipped), "");
	free(s);
	for (unsigned i = 0; i < 4; i++)
		held_frame_free(channels[i].newest);
}

Test(fanout_subscription, a_frame_that_was_not_begun_gives_way_to_a_newer)
{
	struct channel channels[1] = {0};
	struct channel_list list = {.n = 1, .channels = {0}};
	uint32_t skipped = 0;
	bool ended;

	struct subscription *s = subscription_new(&list, ENCODING_TCP_JSON, channels);
	replace(channels, 0, 1);
	buffer_unref(subscription_offer(s, channels, &ended)); // it did not fit
	replace(channels, 0, 2);
	cr_assert_str_eq(next(s, channels, &skipped), "{\"n\":2}\n");
	cr_assert_eq(skipped, 1);
	channels[0].ended = true;
	cr_assert_null(subscription_offer(s, channels, &ended));
	cr_assert(ended, "the only channel has ended and its last frame was sent");
	free(s);
	held_frame_free(channels[0].newest);
}

Test(fanout_subscription, what_it_misses_is_counted_once_with_and_without_passing)
{
	struct channel channels[2] = {{.number = UINT32_MAX - 2}, {.number = 5}}; // numbers wrap
	struct channel_list list = {.n = 2, .channels = {0, 1}};
	uint32_t skipped = 0;

	struct subscription *s = subscription_new(&list, ENCODING_TCP_JSON, channels);
	cr_assert_eq(subscription_pass(s, channels), 0, "nothing came");
	replace(channels, 0, UINT32_MAX - 1);
	cr_assert_eq(subscription_pass(s, channels), 0, "the newest can still be had");
	replace(channels, 0, 2);
	cr_assert_eq(subscription_pass(s, channels), 4, "the two before 0, and 0 and 1");
	cr_assert_eq(subscription_pass(s, channels), 0);
	replace(channels, 0, 4);
	replace(channels, 1, 8);
	cr_assert_str_eq(next(s, channels, &skipped), "{\"n\":4}\n");
	cr_assert_eq(skipped, 2, "2 and 3, but not again those before");
	cr_assert_eq(subscription_pass(s, channels), 2, "6 and 7 of the other");
	cr_assert_str_eq(next(s, channels, &skipped), "{\"n\":8}\n");
	cr_assert_eq(skipped, 2);
	cr_assert_eq(subscription_pass(s, channels), 0, "it has them all");
	free(s);
	for (unsigned i = 0; i < 2; i++)
		held_frame_free(channels[i].newest);
}

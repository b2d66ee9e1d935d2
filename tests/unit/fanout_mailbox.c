/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mailbox.h"

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

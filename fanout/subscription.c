/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/subscription.h"

#include <stdlib.h>

/* Number of the last frame of the channel that nobody can get any more. */
static uint32_t last_passed(const struct channel *channel)
{
	return channel->newest == NULL ? channel->number : channel->number - 1;
}

struct subscription *subscription_new(
	const struct channel_list *list, enum encoding encoding, const struct channel *channels)
{
	struct subscription *s = malloc(sizeof(*s) + list->n * sizeof(s->places[0]));

	if (s == NULL)
		return NULL;
	*s = (struct subscription){.encoding = encoding, .n = list->n};
	for (unsigned i = 0; i < list->n; i++) {
		s->places[i].channel = list->channels[i];
		s->places[i].sent = last_passed(&channels[list->channels[i]]);
	}
	return s;
}

struct buffer *subscription_offer(
	struct subscription *s, const struct channel *channels, bool *ended)
{
	unsigned place = s->next;

	*ended = true;
	for (unsigned i = 0; i < s->n; i++) {
		const struct channel *channel = &channels[s->places[place].channel];
		struct held_frame *newest = channel->newest;

		if (newest != NULL && newest->number != s->places[place].sent) {
			s->offered = (uint16_t)place;
			s->number = newest->number;
			*ended = false;
			return held_frame_encoded(newest, s->encoding);
		}
		*ended = *ended && channel->ended;
		place = place + 1 == s->n ? 0 : place + 1;
	}
	return NULL;
}

uint32_t subscription_begun(struct subscription *s)
{
	struct subscription_place *place = &s->places[s->offered];
	uint32_t skipped = s->number - place->sent - 1;

	place->sent = s->number;
	s->next = s->offered + 1u == s->n ? 0 : (uint16_t)(s->offered + 1);
	return skipped;
}

uint32_t subscription_pass(struct subscription *s, const struct channel *channels)
{
	uint32_t skipped = 0;

	for (unsigned i = 0; i < s->n; i++) {
		struct subscription_place *place = &s->places[i];
		uint32_t last = last_passed(&channels[place->channel]);

		if ((int32_t)(last - place->sent) > 0) { // numbers wrap
			skipped += last - place->sent;
			place->sent = last;
		}
	}
	return skipped;
}

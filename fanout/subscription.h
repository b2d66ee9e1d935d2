/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What one connection subscribed to, and how far it has got. Of a list of any length it holds a few
 * words and nothing of any frame: where it is in the list, and for two stretches of the circle up
 * to which stamp everything was sent. (A stamp numbers what a thread takes from its mailbox at a
 * time: usually a window.)
 *
 * It goes round the list and sends of each topic the newest frame that it has not sent. When
 * something new has come, a new round begins where the old one stands: the places that the old one
 * has not reached come first, so whoever is too slow for all gets of each in turn. Only one who is
 * slower than two windows a round may get a frame a second time, of a channel that has had no newer
 * one since; none is ever lost.
 *
 * A frame counts as sent as soon as its first byte was: before that it can still give way to a
 * newer.
 */
#ifndef FANOUT_SUBSCRIPTION_H
#define FANOUT_SUBSCRIPTION_H

#include "fanout/topic_list.h"

struct subscription {
	struct topic_list *list; // NULL: none
	uint32_t n;              // places, as this round knows the list
	uint32_t place;          // next to look at
	uint32_t left;           // places to look at in this round
	uint32_t first;          // of these, so many from place on are of the older stretch
	uint32_t older, newer;   // stamps up to which everything was sent: of both stretches,
	uint32_t stamp;          // and of what the round has passed
	uint32_t owed;           // frames that came, and were neither sent nor skipped
	uint32_t published;      // list->published of which owed knows
	bool answers : 1;        // the older stretch answers the subscription (MQTT: RETAIN)
	bool held : 1;           // begins no new round, so that this one comes to an end
	uint32_t skipped : 30;   // frames, so far; stops at the most there is room for
};

enum subscription_first {
	SUBSCRIBE_NEWEST, // the newest frames come at once
	SUBSCRIBE_NEXT,   // only frames that come from now on
};

/*
 * Takes over the reference to list. The first `first` topics of it get their newest frames, as the
 * answer; of all others everything up to now counts as sent. stamp: of the thread, now.
 */
void subscription_begin(struct subscription *s, struct topic_lists *all, struct topic_list *list,
	uint32_t first, uint32_t stamp);

/* Ends it; returns how many frames were skipped that were not counted yet. */
uint32_t subscription_end(struct subscription *s, struct topic_lists *all);

/*
 * Takes notice of what has come. Not while a frame that was offered may still be begun. Returns how
 * many frames can surely not be sent any more, since there is a newer one.
 */
uint32_t subscription_notice(struct subscription *s, struct topic_lists *all, uint32_t stamp);

/* A frame that is to be sent. */
struct offer {
	struct held_frame *frame; // stays the channel's
	enum topic_kind kind;
	bool retained; // answers a subscription, or the topic wants it so
	bool more;     // another one follows it
};

/* The next one; false if it has them all. */
bool subscription_offer(
	struct subscription *s, const struct channel *channels, struct offer *offer);

/* Would the next offer be a frame? Does not take notice of what has come. */
bool subscription_has_unsent(const struct subscription *s, const struct channel *channels);

/* The frame offered last is on its way. */
void subscription_begun(struct subscription *s);

/* The frame offered last cannot be sent to this subscriber; it counts as skipped. */
uint32_t subscription_skip(struct subscription *s);

/* Everything that was there when the round began was sent. */
static inline bool subscription_is_done(const struct subscription *s)
{
	return s->left == 0;
}

/* The round is done: returns how many frames were skipped that were not counted yet. */
uint32_t subscription_settle(struct subscription *s);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What one connection subscribed to, and how far it has got. The frames are not here: of each
 * channel only the number of the last frame that was sent, and the place in the list where the next
 * look begins. So a subscriber that falls behind costs nothing and gets, of each channel in turn,
 * the newest frame that it has not had.
 *
 * A frame counts as sent as soon as its first byte was: before that it can still give way to a
 * newer.
 */
#ifndef FANOUT_SUBSCRIPTION_H
#define FANOUT_SUBSCRIPTION_H

#include "fanout/channel.h"
#include "fanout/channel_list.h"

struct subscription_place {
	uint32_t sent; // number of the channel's last frame that was begun or passed; 0: none
	uint16_t channel;
};

struct subscription {
	enum encoding encoding;
	uint16_t n;
	uint16_t next;    // place where the look for the next frame begins
	uint16_t offered; // place of the frame that was handed out last
	uint32_t number;  // and its number
	struct subscription_place places[];
};

/* What follows is the newest frame of each channel that has one. NULL if there is no memory. */
struct subscription *subscription_new(
	const struct channel_list *list, enum encoding encoding, const struct channel *channels);

/*
 * The next frame to send, with a reference for the caller; NULL if the subscriber has them all.
 * *ended says that nothing will ever follow, since all its channels are closed.
 */
struct buffer *subscription_offer(
	struct subscription *s, const struct channel *channels, bool *ended);

/*
 * The frame offered last is on its way. Returns how many frames before it were skipped, that were
 * not passed.
 */
uint32_t subscription_begun(struct subscription *s);

/*
 * Passes all frames for which there is a newer one, and returns how many they were. Not while a
 * frame that was offered may still be begun: that one is not passed.
 */
uint32_t subscription_pass(struct subscription *s, const struct channel *channels);

#endif

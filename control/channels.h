/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Channels that open and close while the appliance runs.
 *
 * One that is to be closed is unknown to the dataplane at once. It still has a frame at the end of
 * each window, until no worker can be counting for it any more; the frame of that window has its
 * last taps and says CLOSED, and then it is gone for subscribers, too. Its row stays: opened again,
 * it goes on with its total.
 *
 * fanout: whose subscribers have these channels; NULL where those come from elsewhere.
 */
#ifndef CONTROL_CHANNELS_H
#define CONTROL_CHANNELS_H

#include "control/windows.h"
#include "fanout/fanout.h"

struct channels {
	bool *closing; // by row
	unsigned n_closing;
};

/* 0 or -ENOMEM. */
int channels_init(struct channels *c, const struct store *store);
void channels_free(struct channels *c);

/* Has the arena a row for every channel of the configuration? *missing: how many it lacks. */
bool channels_fit(const struct store *store, const struct config *config, unsigned *missing);

/* The channels of the configuration, which fit, are open from now on, and all others closing. */
void channels_take(struct channels *c, struct store *store, const struct config *config,
	struct fanout *fanout);

/* Behind a window in which no worker could count for them any more: their frames say that they are
 * the last. */
void channels_say_last(const struct channels *c, struct windows *windows);

/* And when those were published. */
void channels_end(struct channels *c, struct store *store, struct fanout *fanout);

#endif

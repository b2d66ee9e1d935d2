/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A document for each channel's timeline, made of the journal by a thread of its own, which reads
 * the file while the journal's thread writes it. It goes round the channels and takes no more than
 * a tenth of a processor: with many channels a timeline is renewed the less often. Finished
 * documents wait, a few at most, until the control thread hands them to the fan-out.
 */
#ifndef CONTROL_TIMELINES_H
#define CONTROL_TIMELINES_H

#include "control/config.h"

struct timelines;

/*
 * Of the journal's file, which must be there. The channels are those of the configuration, of which
 * nothing is kept. 0 or -errno.
 */
int timelines_open(struct timelines **out, const char *file, const struct config *config);

/* Other channels, or other names of them. Channels that are gone keep their last document. 0 or
 * -ENOMEM. */
int timelines_take_channels(struct timelines *t, const struct config *config);

/* Readable when documents wait. */
int timelines_fd(const struct timelines *t);

/* Calls for each document that waits; text is only good until it returns. Control thread. */
void timelines_publish(struct timelines *t,
	void (*publish)(void *context, unsigned channel, const char *text), void *context);

/* Ends the thread. One that a disk holds up is left behind, with all that it needs. */
void timelines_close(struct timelines *t);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The second seam of control: a frame is to be sent. Encodes the frames of a finished window, hands
 * them to the fan-out, and puts them on the board, from which workers take them for their answers.
 */
#ifndef CONTROL_BROADCAST_H
#define CONTROL_BROADCAST_H

#include "control/catalogue.h"
#include "control/windows.h"
#include "fanout/fanout.h"

/* Opens the channels of all open rows for subscribers; fanout NULL: subscribers have others. Before
 * workers start: the board is cleared. */
void broadcast_open(struct fanout *fanout, const struct store *store);

/* A frame for each open channel, also when nobody tapped. */
void broadcast_window(
	struct fanout *fanout, const struct windows *windows, const struct catalogue *catalogue);

#endif

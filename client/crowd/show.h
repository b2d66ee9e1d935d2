/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What of the crowd is shown while it runs: the table on a terminal, else a line a window. */
#ifndef CLIENT_CROWD_SHOW_H
#define CLIENT_CROWD_SHOW_H

#include "client/crowd/table.h"

struct show {
	bool table;
	uint64_t draw_at; // ns, of the next redraw
	struct screen screen;
};

void show_init(struct show *s, int fd);

/* Redraws the table if it is time. While it is there complaints are held. */
void show_turn(struct show *s, const struct table_facts *facts, uint64_t now);

/* A window of all channels is over. */
void show_sum(struct show *s, const struct catalogue *catalogue, const struct board_sum *sum);

/* Draws for the last time, leaves the cursor below, and says what complaints came. */
void show_end(struct show *s, const struct table_facts *facts);

#endif

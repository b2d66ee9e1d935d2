/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The crowd's live view: a table on a terminal, or a line for each window elsewhere. */
#ifndef CLIENT_CROWD_TABLE_H
#define CLIENT_CROWD_TABLE_H

#include "client/catalogue.h"
#include "client/crowd/options.h"
#include "client/crowd/scoreboard.h"
#include "client/crowd/screen.h"

struct table_facts {
	const struct crowd_options *options;
	const struct catalogue *catalogue;
	const struct scoreboard *board;
	const char *doing; // what the crowd is at, in words
	uint64_t taps_sent, datagrams_sent;
	bool connected;
};

/* Draws the table over the one before. */
void table_draw(struct screen *s, const struct table_facts *facts);

/* One line about a window of all channels together, to standard output. */
void table_print_sum(const struct catalogue *catalogue, const struct board_sum *sum);

#endif

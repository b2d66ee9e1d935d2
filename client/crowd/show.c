/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/show.h"

#include "client/clock.h"
#include "client/complain.h"

#define REDRAW (250 * CLOCK_MS)

void show_init(struct show *s, int fd)
{
	s->table = screen_possible(fd);
	s->draw_at = 0;
	screen_init(&s->screen, fd);
}

void show_turn(struct show *s, const struct table_facts *facts, uint64_t now)
{
	if (!s->table || now < s->draw_at)
		return;
	complain_hold();
	table_draw(&s->screen, facts);
	s->draw_at = now + REDRAW;
}

void show_sum(struct show *s, const struct catalogue *catalogue, const struct board_sum *sum)
{
	if (s->table)
		s->draw_at = 0;
	else
		table_print_sum(catalogue, sum);
}

void show_end(struct show *s, const struct table_facts *facts)
{
	if (!s->table)
		return;
	table_draw(&s->screen, facts);
	screen_leave(&s->screen);
	complain_release();
}

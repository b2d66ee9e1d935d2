/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What a person at a terminal has before them in the end: one table, and every complaint below it.
 */

#include "client/complain.h"
#include "client/crowd/show.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 24, COLUMNS = 80, HISTORY = 200 };

/* A terminal as simple as the table needs it. Lines that scroll out stay in the history. */
struct terminal {
	int master;
	unsigned row, column; // row: from the beginning of the history
	char lines[HISTORY][COLUMNS * 4 + 1];
};

static struct terminal terminal;

static void clear_from(struct terminal *t, unsigned row, unsigned column)
{
	memset(t->lines[row] + column, 0, sizeof(t->lines[row]) - column);
}

/* ESC [ … letter; returns how many bytes it took. */
static size_t obey(struct terminal *t, const char *at)
{
	size_t len = 2 + strspn(at + 2, "0123456789;?");

	if (at[len] == 'A')
		t->row -= (unsigned)atoi(at + 2);
	if (at[len] == 'K' || at[len] == 'J')
		clear_from(t, t->row, t->column);
	for (unsigned row = t->row + 1; at[len] == 'J' && row < HISTORY; row++)
		clear_from(t, row, 0);
	return len + 1;
}

/* Takes what was written so far. */
static void look(struct terminal *t)
{
	static char bytes[65536];
	size_t n = 0;
	ssize_t got;

	while ((got = read(t->master, bytes + n, sizeof(bytes) - n)) > 0)
		n += (size_t)got;
	for (const char *at = bytes; at < bytes + n;) {
		cr_assert_lt(t->row, HISTORY);
		if (at[0] == '\033') {
			at += obey(t, at);
			continue;
		}
		if (*at == '\r')
			t->column = 0;
		else if (*at == '\n')
			t->row++;
		else if (t->column < sizeof(t->lines[0]) - 1)
			t->lines[t->row][t->column++] = *at;
		at++;
	}
}

/* The row of the only line with this text. */
static unsigned row_of(const struct terminal *t, const char *text)
{
	unsigned found = 0, row = 0;

	for (unsigned i = 0; i < HISTORY; i++) {
		if (strstr(t->lines[i], text) != NULL) {
			found++;
			row = i;
		}
	}
	cr_expect_eq(found, 1, "'%s' is there %u times", text, found);
	return row;
}

/* Standard output and standard error are the terminal, as they are where the crowd runs. */
static void set_up(void)
{
	const struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS};
	int slave;

	cr_assert_eq(openpty(&terminal.master, &slave, NULL, NULL, &size), 0);
	fcntl(terminal.master, F_SETFL, O_NONBLOCK);
	dup2(slave, STDERR_FILENO);
	setenv("TERM", "xterm", 1);
}

TestSuite(client_show, .init = set_up);

Test(client_show, complaints_come_below_the_table_and_stay)
{
	static struct show show;
	static struct board_channel channels[3];
	const struct catalogue catalogue = {.window_ms = 2000};
	const struct scoreboard board = {.n = 3, .channels = channels};
	const struct crowd_options options = {.to = {"127.0.0.1", 7700}};
	const struct table_facts facts = {
		.options = &options, .catalogue = &catalogue, .board = &board, .doing = "calm"};

	show_init(&show, STDERR_FILENO);
	complain("before the table");
	for (unsigned i = 1; i < 20; i++) {
		show_turn(&show, &facts, i * 1000000000ull);
		look(&terminal);
		if (i % 5 == 0)
			complain("the trouble at %u", i);
	}
	show_end(&show, &facts);
	look(&terminal);
	complain("after the table");
	look(&terminal);
	unsigned end = row_of(&terminal, "Ctrl-C");
	cr_expect_lt(row_of(&terminal, "before the table"), row_of(&terminal, "the mood of"));
	cr_expect_lt(row_of(&terminal, "the mood of"), end);
	cr_expect_eq(row_of(&terminal, "the trouble at 5"), end + 1);
	cr_expect_eq(row_of(&terminal, "the trouble at 10"), end + 2);
	cr_expect_eq(row_of(&terminal, "the trouble at 15"), end + 3);
	cr_expect_eq(row_of(&terminal, "after the table"), end + 4);
}

Test(client_show, the_table_has_the_people_of_each_channel_where_they_are_known)
{
	static struct show show;
	static struct board_channel channels[] = {
		{.id = 1,
			.seen = true,
			.newest = {.length = 2000, .taps = 12344, .reactors = 3210}},
		{.id = 2, .seen = true, .newest = {.length = 2000, .taps = 8642}}};
	const struct catalogue catalogue = {.window_ms = 2000};
	const struct scoreboard board = {.n = 2, .channels = channels};
	const struct crowd_options options = {.to = {"127.0.0.1", 7700}};
	const struct table_facts facts = {
		.options = &options, .catalogue = &catalogue, .board = &board, .doing = "calm"};

	show_init(&show, STDERR_FILENO);
	show_turn(&show, &facts, 1000000000);
	look(&terminal);
	unsigned head = row_of(&terminal, "   taps/s   people        total");
	cr_expect_eq(row_of(&terminal, "     6172     3210            0"), head + 1);
	cr_expect_eq(row_of(&terminal, "     4321        -            0"), head + 2);
	show_end(&show, &facts);
}

Test(client_show, of_too_many_complaints_the_first_are_said_and_the_others_counted)
{
	complain_hold();
	for (unsigned i = 0; i < 1000; i++)
		complain("complaint %u of very many", i);
	look(&terminal);
	cr_expect_eq(terminal.row, 0);
	complain_release();
	look(&terminal);
	cr_expect_eq(row_of(&terminal, "complaint 0 of"), 0);
	unsigned last = row_of(&terminal, "complaints more");
	unsigned left_out = 1000 - last;
	char said[64];
	snprintf(said, sizeof(said), "and %u complaints more", left_out);
	row_of(&terminal, said);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A screen redrawn in place: lines are composed in memory, cut at the terminal's width, and written
 * in one piece over the ones before, so that nothing flickers and nothing scrolls.
 */
#ifndef CLIENT_CROWD_SCREEN_H
#define CLIENT_CROWD_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

enum { SCREEN_BYTES_MAX = 65536 };

struct screen {
	int fd;
	unsigned width, height;
	unsigned column; // of the line being composed
	unsigned lines;  // composed
	unsigned drawn;  // on the terminal now
	size_t len;
	char bytes[SCREEN_BYTES_MAX];
};

/* Is fd a terminal that can be drawn on? Then it is asked for its size at each screen_begin(). */
bool screen_possible(int fd);

void screen_init(struct screen *s, int fd);
void screen_begin(struct screen *s);
/* Text of one line; what does not fit in the width is cut off. */
__attribute__((format(printf, 2, 3))) void screen_put(struct screen *s, const char *format, ...);
/* The same without format, padded with blanks to so many columns. */
void screen_put_padded(struct screen *s, const char *text, unsigned columns);
/* Colour and weight, SGR parameters as in "1" or "38;5;208"; "" ends them. */
void screen_style(struct screen *s, const char *sgr);
void screen_end_line(struct screen *s);
/* Are there lines left below? */
bool screen_has_room(const struct screen *s, unsigned lines);
void screen_draw(struct screen *s);
/* Shows the cursor again below what was drawn last. */
void screen_leave(struct screen *s);

/* Columns that text takes on a terminal. */
unsigned screen_columns(const char *text);

#endif

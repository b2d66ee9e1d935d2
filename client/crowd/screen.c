/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/screen.h"

#include "wire/utf8.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SYNC_BEGIN "\033[?2026h" // terminals that do not know it ignore it
#define SYNC_END "\033[?2026l"
#define CURSOR_HIDE "\033[?25l"
#define CURSOR_SHOW "\033[?25h"

bool screen_possible(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term != NULL && strcmp(term, "dumb") != 0;
}

void screen_init(struct screen *s, int fd)
{
	memset(s, 0, offsetof(struct screen, bytes));
	s->fd = fd;
}

static bool joins(uint32_t c)
{
	return c == 0x200d || c == 0xfe0f || c == 0xfe0e || (c >= 0x1f3fb && c <= 0x1f3ff) ||
	       (c >= 0xe0020 && c <= 0xe007f) || (c >= 0x0300 && c <= 0x036f) || c == 0x20e3;
}

/* Emoji and East Asian wide characters, roughly: exact tables differ between terminals, too. */
static bool wide(uint32_t c)
{
	return c >= 0x1f000 || (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
	       (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || c == 0x26a1 ||
	       c == 0x26bd || c == 0x26be || c == 0x2705 || c == 0x274c || c == 0x2728 ||
	       c == 0x2753 || c == 0x2757 || c == 0x2b50 || c == 0x2b55;
}

struct glyph {
	size_t bytes;
	unsigned columns;
};

/* One code point with all that joins it: a family takes the two columns of its first member. */
static struct glyph next_glyph(const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text;
	uint32_t c, last;
	size_t n = utf8_decode(at, len, &c);
	struct glyph g = {n == 0 ? 1 : n, 1};

	if (n == 0)
		return g;
	g.columns = wide(c) ? 2 : 1;
	bool flag = c >= 0x1f1e6 && c <= 0x1f1ff;
	for (last = c; g.bytes < len; last = c, g.bytes += n) {
		n = utf8_decode(at + g.bytes, len - g.bytes, &c);
		bool pair = flag && c >= 0x1f1e6 && c <= 0x1f1ff;

		if (n == 0 || !(joins(c) || last == 0x200d || pair))
			break;
		if (c == 0xfe0f)
			g.columns = 2;
		flag = flag && !pair;
	}
	return g;
}

unsigned screen_columns(const char *text)
{
	size_t len = strlen(text);
	unsigned columns = 0;

	while (len > 0) {
		struct glyph g = next_glyph(text, len);

		columns += g.columns;
		text += g.bytes;
		len -= g.bytes;
	}
	return columns;
}

static void append(struct screen *s, const char *bytes, size_t len)
{
	if (len > sizeof(s->bytes) - s->len)
		return;
	memcpy(s->bytes + s->len, bytes, len);
	s->len += len;
}

static void append_text(struct screen *s, const char *text)
{
	append(s, text, strlen(text));
}

void screen_begin(struct screen *s)
{
	struct winsize size;
	char up[32] = "";

	s->width = 80;
	s->height = 24;
	if (ioctl(s->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		s->width = size.ws_col;
		s->height = size.ws_row;
	}
	s->len = 0;
	s->column = 0;
	s->lines = 0;
	if (s->drawn >= s->height) // the window has shrunk
		s->drawn = s->height - 1;
	if (s->drawn > 0)
		snprintf(up, sizeof(up), "\033[%uA", s->drawn);
	append_text(s, SYNC_BEGIN CURSOR_HIDE "\r");
	append_text(s, up);
}

bool screen_has_room(const struct screen *s, unsigned lines)
{
	return s->lines + lines < s->height;
}

static void put_text(struct screen *s, const char *text)
{
	size_t len = strlen(text);

	if (!screen_has_room(s, 1))
		return;
	while (len > 0) {
		struct glyph g = next_glyph(text, len);

		if (s->column + g.columns > s->width)
			return;
		append(s, text, g.bytes);
		s->column += g.columns;
		text += g.bytes;
		len -= g.bytes;
	}
}

void screen_put(struct screen *s, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_text(s, text);
}

void screen_put_padded(struct screen *s, const char *text, unsigned columns)
{
	unsigned used = 0;

	for (size_t len = strlen(text); len > 0;) {
		struct glyph g = next_glyph(text, len);

		if (used + g.columns > columns)
			break;
		screen_put(s, "%.*s", (int)g.bytes, text);
		used += g.columns;
		text += g.bytes;
		len -= g.bytes;
	}
	screen_put(s, "%*s", (int)(columns - used), "");
}

void screen_style(struct screen *s, const char *sgr)
{
	if (!screen_has_room(s, 1))
		return;
	append_text(s, "\033[");
	append_text(s, sgr);
	append_text(s, "m");
}

void screen_end_line(struct screen *s)
{
	if (!screen_has_room(s, 1))
		return;
	append_text(s, "\033[m\033[K\r\n");
	s->lines++;
	s->column = 0;
}

static void write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

void screen_draw(struct screen *s)
{
	append_text(s, "\033[J" SYNC_END);
	write_all(s->fd, s->bytes, s->len);
	s->drawn = s->lines;
}

void screen_leave(struct screen *s)
{
	write_all(s->fd, CURSOR_SHOW, strlen(CURSOR_SHOW));
	s->drawn = 0;
}

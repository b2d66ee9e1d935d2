/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/table.h"

#include "client/mood_line.h"

#include <inttypes.h>
#include <string.h>

#define STYLE_TITLE "1;38;5;208"
#define STYLE_FAINT "2"
#define STYLE_HEAD "1"
#define STYLE_SURGE "1;38;5;196"
#define STYLE_GOOD "38;5;35"
#define STYLE_BAD "38;5;167"
#define STYLE_BAR "38;5;75"

enum { NAME_COLUMNS = 16, BAR_COLUMNS = 6, ENTRY_COLUMNS = BAR_COLUMNS + 11, LINES_BELOW = 7 };

static void put_title(struct screen *s, const struct table_facts *f)
{
	screen_style(s, STYLE_TITLE);
	screen_put(s, "uproar");
	screen_style(s, "");
	screen_put(s, "  the mood of the crowd");
	screen_style(s, STYLE_FAINT);
	screen_put(s, "  window %" PRIu32 " of %.1f s", f->board->window,
		(double)f->catalogue->window_ms / 1000);
	screen_style(s, "");
	if (!f->connected)
		screen_put(s, "  (no connection)");
	screen_end_line(s);
	screen_end_line(s);
	screen_style(s, STYLE_HEAD);
	screen_put(s, "%-*s %9s %8s %12s %6s %9s", NAME_COLUMNS + 6, "channel", "taps/s", "people",
		"total", "score", "intensity");
	screen_end_line(s);
}

/* A bar in eighths of a column, BAR_COLUMNS wide with the blanks behind it. The leader fills it. */
static void put_bar(struct screen *s, unsigned share, unsigned leader)
{
	static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	unsigned eighths = leader == 0 ? 0 : (share * BAR_COLUMNS * 8 + leader / 2) / leader;
	char bar[4 * BAR_COLUMNS + 1], *at = bar;

	for (unsigned i = 0; i < eighths / 8 && i < BAR_COLUMNS; i++)
		at = stpcpy(at, "█");
	if (eighths < 8 * BAR_COLUMNS)
		at = stpcpy(at, parts[eighths % 8]);
	*at = '\0';
	screen_style(s, STYLE_BAR);
	screen_put_padded(s, bar, BAR_COLUMNS);
	screen_style(s, "");
}

/* As many as there is room for. */
static void put_entries(struct screen *s, const struct catalogue *catalogue, const struct frame *f)
{
	char scratch[8];

	for (unsigned i = 0; i < f->n && s->column + ENTRY_COLUMNS <= s->width; i++) {
		screen_put(s, "   ");
		screen_put_padded(s, mood_label(catalogue, f->entries[i].reaction, scratch), 2);
		screen_put(s, " %3u%% ", (f->entries[i].share + 50u) / 100);
		put_bar(s, f->entries[i].share, f->entries[0].share);
	}
}

/* How many tapped in the window; not all who tap can be told apart. */
static void put_people(struct screen *s, uint32_t reactors)
{
	if (reactors > 0)
		screen_put(s, " %8" PRIu32, reactors);
	else
		screen_put(s, " %8s", "-");
}

static void put_channel(
	struct screen *s, const struct table_facts *facts, const struct board_channel *c)
{
	const struct catalogue_channel *known = catalogue_channel(facts->catalogue, c->id);
	const struct frame *f = &c->newest;
	double seconds = f->length == 0 ? 1 : (double)f->length / 1000;
	bool surge = (f->flags & FRAME_SURGE) != 0;

	screen_put(s, "%5u ", c->id);
	screen_put_padded(s, known == NULL ? "" : known->name, NAME_COLUMNS);
	if (!c->seen) {
		screen_put(s, " %9s", "-");
		screen_end_line(s);
		return;
	}
	screen_put(s, " %9.0f", f->taps / seconds);
	put_people(s, f->reactors);
	screen_put(s, " %12" PRIu64 " ", f->total);
	screen_style(s, f->score < 0 ? STYLE_BAD : STYLE_GOOD);
	screen_put(s, "%+6.2f", (double)f->score / FRAME_SHARE_ONE);
	screen_style(s, surge ? STYLE_SURGE : "");
	screen_put(s, " %9.2f%s", (double)f->intensity / FRAME_INTENSITY_ONE, surge ? " ▲" : "  ");
	screen_style(s, "");
	put_entries(s, facts->catalogue, f);
	screen_end_line(s);
}

static void put_channels(struct screen *s, const struct table_facts *f)
{
	const struct scoreboard *b = f->board;

	for (unsigned i = 0; i < b->n; i++) {
		if (i + 1 < b->n && !screen_has_room(s, LINES_BELOW + 1)) {
			screen_put(s, "      … and %u more", b->n - i);
			screen_end_line(s);
			return;
		}
		put_channel(s, f, &b->channels[i]);
	}
}

static void put_where(struct screen *s, const char *what, const char *how)
{
	screen_style(s, STYLE_FAINT);
	screen_put(s, "%-8s", what);
	screen_style(s, "");
	screen_put(s, "%s", how);
	screen_end_line(s);
}

static void put_places(struct screen *s, const struct crowd_options *o)
{
	char text[512], where[ENDPOINT_TEXT_MAX];

	snprintf(text, sizeof(text), "http://%s/", endpoint_write(&o->http, where));
	put_where(s, "look", text);
	snprintf(text, sizeof(text), "printf '🔥🔥👏' | nc -u -w0 %s %u", o->to.host, o->to.port);
	put_where(s, "tap", text);
	snprintf(text, sizeof(text), "printf 'SUB 0 json\\n' | nc %s %u", o->from.host,
		o->from.port);
	put_where(s, "listen", text);
}

void table_draw(struct screen *s, const struct table_facts *f)
{
	screen_begin(s);
	put_title(s, f);
	put_channels(s, f);
	screen_end_line(s);
	screen_put(s,
		"%s: %" PRIu64 " taps sent in %" PRIu64 " datagrams, %" PRIu64 " counted so far",
		f->doing, f->taps_sent, f->datagrams_sent, scoreboard_counted(f->board));
	screen_end_line(s);
	screen_end_line(s);
	put_places(s, f->options);
	put_where(s, "end", "Ctrl-C");
	screen_draw(s);
}

void table_print_sum(const struct catalogue *catalogue, const struct board_sum *sum)
{
	printf("window %" PRIu32 "  taps %" PRIu64 "  total %" PRIu64 "  score %+.2f ", sum->window,
		sum->taps, sum->total, sum->score);
	mood_print_entries(stdout, catalogue, sum->entries, sum->n, 6);
	putchar('\n');
	fflush(stdout);
}

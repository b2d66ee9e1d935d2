/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "plain_emoji.h"

#include "wire/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EMOJI_PRESENTATION = 0xfe0f };

static bool is_skin_tone(uint32_t c)
{
	return c >= 0x1f3fb && c <= 0x1f3ff;
}

static bool is_flag_letter(uint32_t c)
{
	return c >= 0x1f1e6 && c <= 0x1f1ff;
}

/* "1F44B 1F3FB ; fully-qualified # ..." */
static void read_line(struct plain_emoji *p, const char *line)
{
	struct plain_sequence *s = &p->listed[p->n_listed];
	const char *at = line;
	char *end;

	while (strtoul(at, &end, 16) != 0) {
		s->points[s->n++] = (uint32_t)strtoul(at, &end, 16);
		at = end;
	}
	if (s->n == 0)
		return;
	p->next[p->n_listed] = p->first[s->points[0]];
	p->first[s->points[0]] = p->n_listed++;
}

struct plain_emoji *plain_emoji_new(void)
{
	struct plain_emoji *p = calloc(1, sizeof(*p));
	FILE *file = fopen(EMOJI_TEST, "r");
	char line[512];

	if (p == NULL || file == NULL)
		abort();
	p->n_listed = 1; // so that 0 ends a chain
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] != '#' && line[0] != '\n')
			read_line(p, line);
	}
	fclose(file);
	return p;
}

static struct plain_sequence points_of(const char *text, int reaction)
{
	struct plain_sequence s = {.reaction = reaction};
	size_t len = strlen(text);

	for (size_t n; len > 0; text += n, len -= n) {
		n = utf8_decode((const uint8_t *)text, len, &s.points[s.n]);
		if (n == 0 || ++s.n == PLAIN_SEQUENCE_MAX)
			abort();
	}
	return s;
}

void plain_emoji_map(struct plain_emoji *p, const char *emoji, int reaction)
{
	p->mapped[p->n_mapped++] = points_of(emoji, reaction);
}

void plain_emoji_map_shortcode(struct plain_emoji *p, const char *name, int reaction)
{
	char text[80];

	snprintf(text, sizeof(text), ":%s:", name);
	p->shortcodes[p->n_shortcodes++] = points_of(text, reaction);
}

void plain_emoji_forget(struct plain_emoji *p)
{
	p->n_mapped = 0;
	p->n_shortcodes = 0;
}

static bool equal(const struct plain_sequence *a, const struct plain_sequence *b)
{
	return a->n == b->n && memcmp(a->points, b->points, a->n * sizeof(a->points[0])) == 0;
}

static struct plain_sequence without(const struct plain_sequence *s, bool tones)
{
	struct plain_sequence out = {.n = 0};

	for (unsigned i = 0; i < s->n; i++) {
		if (s->points[i] != EMOJI_PRESENTATION && !(tones && is_skin_tone(s->points[i])))
			out.points[out.n++] = s->points[i];
	}
	return out;
}

/* Itself if it is mapped; else what differs by U+FE0F alone; else its form without skin tone. */
int plain_emoji_counts_as(const struct plain_emoji *p, const struct plain_sequence *s)
{
	const struct plain_sequence bare = without(s, false), toneless = without(s, true);

	for (unsigned i = 0; i < p->n_mapped; i++) {
		if (equal(&p->mapped[i], s))
			return p->mapped[i].reaction;
	}
	for (unsigned i = 0; i < p->n_mapped; i++) {
		struct plain_sequence m = without(&p->mapped[i], false);
		if (equal(&m, &bare))
			return p->mapped[i].reaction;
	}
	for (unsigned i = 0; i < p->n_mapped; i++) {
		struct plain_sequence m = without(&p->mapped[i], false);
		if (toneless.n > 0 && equal(&m, &toneless))
			return p->mapped[i].reaction;
	}
	return PLAIN_NOTHING;
}

static bool stands_at(const struct plain_sequence *s, const uint32_t *text, unsigned n)
{
	return s->n <= n && memcmp(s->points, text, s->n * sizeof(text[0])) == 0;
}

/* The longest at the begin of the text: listed, mapped though not listed, or a shortcode. */
static unsigned longest(
	const struct plain_emoji *p, const uint32_t *text, unsigned n, int *reaction)
{
	unsigned best = 0;

	for (unsigned i = text[0] < 0x20000 ? p->first[text[0]] : 0; i != 0; i = p->next[i]) {
		if (p->listed[i].n > best && stands_at(&p->listed[i], text, n)) {
			best = p->listed[i].n;
			*reaction = plain_emoji_counts_as(p, &p->listed[i]);
		}
	}
	for (unsigned i = 0; i < p->n_mapped; i++) {
		if (p->mapped[i].n > best && stands_at(&p->mapped[i], text, n)) {
			best = p->mapped[i].n;
			*reaction = p->mapped[i].reaction;
		}
	}
	for (unsigned i = 0; i < p->n_shortcodes; i++) {
		if (p->shortcodes[i].n > best && stands_at(&p->shortcodes[i], text, n)) {
			best = p->shortcodes[i].n;
			*reaction = p->shortcodes[i].reaction;
		}
	}
	return best;
}

unsigned plain_emoji_scan(
	const struct plain_emoji *p, const uint32_t *text, unsigned n, uint8_t *reactions)
{
	unsigned found = 0, taken;

	for (unsigned at = 0; at < n; at += taken) {
		int reaction = PLAIN_NOTHING;

		taken = longest(p, text + at, n - at, &reaction);
		if (reaction != PLAIN_NOTHING)
			reactions[found++] = (uint8_t)reaction;
		/* Two letters are a flag, listed or not. */
		if (taken < 2 && n - at >= 2 && is_flag_letter(text[at]) &&
			is_flag_letter(text[at + 1]))
			taken = 2;
		if (taken == 0)
			taken = 1;
	}
	return found;
}

size_t plain_utf8(const uint32_t *points, unsigned n, char *out)
{
	char *at = out;

	for (unsigned i = 0; i < n; i++) {
		uint32_t c = points[i];

		if (c < 0x80) {
			*at++ = (char)c;
		} else if (c < 0x800) {
			*at++ = (char)(0xc0 | c >> 6);
			*at++ = (char)(0x80 | (c & 0x3f));
		} else if (c < 0x10000) {
			*at++ = (char)(0xe0 | c >> 12);
			*at++ = (char)(0x80 | (c >> 6 & 0x3f));
			*at++ = (char)(0x80 | (c & 0x3f));
		} else {
			*at++ = (char)(0xf0 | c >> 18);
			*at++ = (char)(0x80 | (c >> 12 & 0x3f));
			*at++ = (char)(0x80 | (c >> 6 & 0x3f));
			*at++ = (char)(0x80 | (c & 0x3f));
		}
	}
	*at = '\0';
	return (size_t)(at - out);
}

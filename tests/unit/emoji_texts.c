/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "emoji_texts.h"

#include <stdbool.h>

enum { JOINER = 0x200d, PRESENTATION = 0xfe0f };

static bool shares_a_point(const struct plain_sequence *a, const struct plain_sequence *b)
{
	for (unsigned i = 0; i < a->n; i++) {
		for (unsigned j = 0; j < b->n; j++) {
			if (a->points[i] == b->points[j] && a->points[i] != JOINER &&
				a->points[i] != PRESENTATION)
				return true;
		}
	}
	return false;
}

void emoji_texts_init(
	struct emoji_texts *t, const struct plain_emoji *plain, struct seeded_random *random)
{
	t->plain = plain;
	t->random = random;
	t->n_related = 0;
	for (unsigned i = 1; i < plain->n_listed; i++) {
		bool related = false;

		for (unsigned j = 0; j < plain->n_mapped; j++)
			related = related || shares_a_point(&plain->listed[i], &plain->mapped[j]);
		if (related)
			t->related[t->n_related++] = i;
	}
}

static void put(struct emoji_text *out, const uint32_t *points, unsigned n)
{
	for (unsigned i = 0; i < n && out->n < EMOJI_TEXT_POINTS; i++)
		out->points[out->n++] = points[i];
}

static void put_one(struct emoji_text *out, uint32_t point)
{
	put(out, &point, 1);
}

static const struct plain_sequence *choose(struct emoji_texts *t)
{
	const struct plain_emoji *p = t->plain;

	switch (random_below(t->random, 4)) {
	case 0:
		return &p->listed[1 + random_below(t->random, p->n_listed - 1)];
	case 1:
		if (p->n_mapped > 0)
			return &p->mapped[random_below(t->random, p->n_mapped)];
		/* fall through */
	default:
		if (t->n_related > 0)
			return &p->listed[t->related[random_below(t->random, t->n_related)]];
		return &p->listed[1 + random_below(t->random, p->n_listed - 1)];
	}
}

static void put_piece_of_a_sequence(struct emoji_texts *t, struct emoji_text *out)
{
	const struct plain_sequence *s = choose(t);
	unsigned from = random_below(t->random, s->n);

	put(out, s->points + from, 1 + random_below(t->random, s->n - from));
}

static void put_flag_letters(struct emoji_texts *t, struct emoji_text *out)
{
	for (unsigned n = 1 + random_below(t->random, 5); n > 0; n--)
		put_one(out,
			0x1f1e6 + random_below(t->random, random_below(t->random, 2) ? 26 : 5));
}

static void put_piece(struct emoji_texts *t, struct emoji_text *out)
{
	static const uint32_t marks[] = {JOINER, PRESENTATION, 0x20e3, 0x1f3fb, 0x1f3fd, 0x1f3ff,
		0x2640, 0x2642, 0xe007f, 0xe0067};
	static const char ascii[] = "  x9#*0123:+-\n";
	const struct plain_sequence *s;

	switch (random_below(t->random, 10)) {
	case 0:
		put_flag_letters(t, out);
		break;
	case 1:
		put_one(out, marks[random_below(t->random, sizeof(marks) / sizeof(marks[0]))]);
		break;
	case 2:
		put_one(out, (uint32_t)ascii[random_below(t->random, sizeof(ascii) - 1)]);
		break;
	case 3:
		put_piece_of_a_sequence(t, out);
		break;
	case 4:
		if (t->plain->n_shortcodes > 0) {
			s = &t->plain->shortcodes[random_below(t->random, t->plain->n_shortcodes)];
			put(out, s->points, s->n);
			break;
		}
		/* fall through */
	default:
		s = choose(t);
		put(out, s->points, s->n);
	}
}

void emoji_texts_next(struct emoji_texts *t, struct emoji_text *out)
{
	out->n = 0;
	for (unsigned pieces = 1 + random_below(t->random, 10); pieces > 0; pieces--)
		put_piece(t, out);
	out->len = plain_utf8(out->points, out->n, out->bytes);
}

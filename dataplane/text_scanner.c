/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/text_scanner.h"

#include "dataplane/emoji_plan.h"
#include "dataplane/text_matcher_db.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = WIRE_TEXT_MAX, WORDS = PLACES / 64 };

/* The best match that begins at a place. */
struct candidate {
	uint16_t len;
	int16_t reaction;
	uint16_t id; // of the entry
};

struct text_scanner {
	const struct text_matcher *matcher;
	hs_scratch_t *scratch;
	uint64_t begun[WORDS]; // places where a match begins
	struct candidate best[PLACES];
	struct text_hits hits;
};

int text_scanner_new(struct text_scanner **out, const struct text_matcher *m)
{
	struct text_scanner *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return -ENOMEM;
	s->matcher = m;
	if (m->database != NULL && hs_clone_scratch(m->prototype, &s->scratch) != HS_SUCCESS) {
		free(s);
		return -ENOMEM;
	}
	*out = s;
	return 0;
}

void text_scanner_free(struct text_scanner *s)
{
	hs_free_scratch(s->scratch);
	free(s);
}

/* The longest; of equal ones what counts, and of those the first in the catalogue: the order in
 * which Hyperscan reports them is nobody's promise. */
static bool better(const struct candidate *a, const struct candidate *b)
{
	if (a->len != b->len)
		return a->len > b->len;
	if (a->reaction == EMOJI_NOTHING || b->reaction == EMOJI_NOTHING)
		return a->reaction != EMOJI_NOTHING;
	return a->id < b->id;
}

static int on_match(
	unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct text_scanner *s = context;
	const struct text_entry *entry = &s->matcher->entries[id];
	size_t start = entry->len != 0 ? to - entry->len : from;
	uint64_t bit = 1ull << (start % 64);
	const struct candidate found = {(uint16_t)(to - start), entry->reaction, (uint16_t)id};

	if ((s->begun[start / 64] & bit) == 0 || better(&found, &s->best[start])) {
		s->begun[start / 64] |= bit;
		s->best[start] = found;
	}
	return 0;
}

/* Regional indicators pair from the left of their run: where the run last looked at begins, and how
 * far it was looked at, so that all of a text is looked at once. */
struct flag_run {
	size_t begin, seen;
};

static bool splits_a_flag(struct flag_run *run, const uint8_t *text, size_t len, size_t at)
{
	if (!is_regional_indicator(text + at, len - at))
		return false;
	size_t begin = at;
	while (begin >= run->seen + 4 && is_regional_indicator(text + begin - 4, 4))
		begin -= 4;
	if (begin != run->seen)
		run->begin = begin; // else it goes on where the last look ended
	run->seen = at + 4;
	return (at - run->begin) / 4 % 2 != 0;
}

/* Left to right: what begins inside a match that was taken does not count. */
static void take_leftmost(struct text_scanner *s, const uint8_t *text, size_t len)
{
	struct flag_run run = {0, 0};
	size_t next = 0;

	s->hits.n = 0;
	for (unsigned word = 0; word < WORDS; word++) {
		for (uint64_t bits = s->begun[word]; bits != 0; bits &= bits - 1) {
			size_t at = word * 64u + (unsigned)__builtin_ctzll(bits);
			const struct candidate *c = &s->best[at];

			if (at < next || splits_a_flag(&run, text, len, at))
				continue;
			if (c->reaction != EMOJI_NOTHING)
				s->hits.reactions[s->hits.n++] = (uint8_t)c->reaction;
			next = at + c->len;
		}
	}
}

const struct text_hits *text_scan(struct text_scanner *s, const uint8_t *text, size_t len)
{
	memset(s->begun, 0, sizeof(s->begun));
	if (s->matcher->database != NULL)
		hs_scan(s->matcher->database, (const char *)text, (unsigned)len, 0, s->scratch,
			on_match, s);
	take_leftmost(s, text, len);
	return &s->hits;
}

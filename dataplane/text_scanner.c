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

struct text_scanner {
	const struct text_matcher *matcher;
	hs_scratch_t *scratch;
	const uint8_t *text; // that is scanned
	size_t len;
	size_t piece; // where in it the piece begins that Hyperscan has
	bool alarm;
	uint64_t begun[TEXT_WORDS];   // places where a match begins
	uint64_t best[WIRE_TEXT_MAX]; // text_match() of the best that begins there
	struct text_hits hits;
};

int text_scanner_new(struct text_scanner **out, const struct text_matcher *m)
{
	struct text_scanner *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return -ENOMEM;
	s->matcher = m;
	if (m->prototype != NULL && hs_clone_scratch(m->prototype, &s->scratch) != HS_SUCCESS) {
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

static inline void take(struct text_scanner *s, uint64_t match, size_t start)
{
	if (match > s->best[start]) // which is 0 where none began yet
		s->best[start] = match;
	s->begun[start / 64] |= 1ull << start % 64;
}

static void take_word(struct text_scanner *s, const struct text_entry *entry, size_t end)
{
	size_t start = stretched_word_start(entry->word, s->text, end);

	end = stretched_word_end(entry->word, s->text, s->len, end);
	take(s, text_match_of_length(entry->match, end - start), start);
}

static int on_end(
	unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct text_scanner *s = context;
	const struct text_entry *entry = &s->matcher->entries[id];
	size_t len = text_match_length(entry->match), end = s->piece + to;

	if (len != 0)
		take(s, entry->match, end - len);
	else
		take_word(s, entry, end);
	return 0;
}

static int on_alarm(
	unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct text_scanner *s = context;

	s->alarm = true;
	return 1; // one is enough
}

static int on_start(
	unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct text_scanner *s = context;

	take(s, text_match_of_length(s->matcher->entries[id].match, to - from), from);
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
	unsigned n = 0;
	size_t next = 0;

	for (unsigned word = 0; word < (len + 63) / 64; word++) {
		for (uint64_t bits = s->begun[word]; bits != 0; bits &= bits - 1) {
			size_t at = word * 64u + (unsigned)__builtin_ctzll(bits);
			uint64_t match = s->best[at];

			s->best[at] = 0; // for the next text
			if (at < next || (text_match_maybe_flag(match) &&
						 splits_a_flag(&run, text, len, at)))
				continue;
			s->hits.reactions[n] = text_match_reaction(match);
			n += text_match_counts(match);
			next = at + text_match_length(match);
		}
	}
	s->hits.n = n;
}

static void scan(struct text_scanner *s, enum text_database which, size_t from, size_t to,
	match_event_handler on_match)
{
	hs_scan(s->matcher->databases[which], (const char *)s->text + from, (unsigned)(to - from),
		0, s->scratch, on_match, s);
}

/* From a byte that may begin a match to a safe cut, and so on. */
static void scan_in_pieces(struct text_scanner *s, size_t len)
{
	const struct text_cuts *cuts = &s->matcher->cuts;
	uint64_t begins[TEXT_WORDS];

	text_cuts_begins(cuts, s->text, len, begins);
	for (size_t at = 0; at < len;) {
		uint64_t word = begins[at / 64] >> at % 64;

		if (word == 0) {
			at = (at / 64 + 1) * 64;
			continue;
		}
		s->piece = at + (unsigned)__builtin_ctzll(word);
		at = text_cuts_end(cuts, s->text, len, s->piece);
		scan(s, TEXT_ENDS, s->piece, at, on_end);
	}
}

const struct text_hits *text_scan(struct text_scanner *s, const uint8_t *text, size_t len)
{
	const struct text_matcher *m = s->matcher;

	memset(s->begun, 0, sizeof(s->begun));
	s->text = text;
	s->len = len;
	if (m->databases[TEXT_ENDS] != NULL)
		scan_in_pieces(s, len);
	if (m->databases[TEXT_ALARM] != NULL) {
		s->alarm = false;
		scan(s, TEXT_ALARM, 0, len, on_alarm);
		if (s->alarm)
			scan(s, TEXT_STARTS, 0, len, on_start);
	}
	take_leftmost(s, text, len);
	return &s->hits;
}

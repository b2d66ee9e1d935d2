/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/stretched_word.h"

#include <string.h>

enum { ALL = STRETCHED_ALL };

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("#@_-:", c) != NULL);
}

static uint8_t lower(char c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* One more of the letter, joined to the run before if that is of the same. */
static bool add(struct stretched_word *word, uint8_t letter, bool stretched)
{
	struct stretched_run *last = word->n > 0 ? &word->runs[word->n - 1] : NULL;

	if (last == NULL || last->letter != letter) {
		if (word->n == STRETCHED_RUNS_MAX)
			return false;
		word->runs[word->n++] = (struct stretched_run){
			.letter = letter,
			.case_bit = letter >= 'a' && letter <= 'z' ? 'a' - 'A' : 0,
			.least = stretched ? ALL : 1,
		};
	} else if (stretched || last->least == ALL) {
		last->least = ALL;
	} else if (++last->least == ALL) {
		return false;
	}
	return true;
}

bool stretched_word_parse(struct stretched_word *word, const char *pattern)
{
	word->n = 0;
	for (const char *at = pattern; *at != '\0'; at++) {
		if (!is_plain(*at))
			return false;
		uint8_t letter = lower(*at);
		bool stretched = at[1] == '+';
		at += stretched;
		if (!add(word, letter, stretched))
			return false;
	}
	return word->n > 0;
}

/* The two letters that have a form outside ASCII, in bytes. 0: another stands there. */
static size_t odd_letter_at(uint8_t letter, const uint8_t *text, size_t left)
{
	if (letter == 's' && left >= 2 && memcmp(text, "\xc5\xbf", 2) == 0)
		return 2;
	if (letter == 'k' && left >= 3 && memcmp(text, "\xe2\x84\xaa", 3) == 0)
		return 3;
	return 0;
}

static size_t odd_letter_before(uint8_t letter, const uint8_t *text, size_t end)
{
	size_t step = letter == 's' ? 2 : 3;

	return end >= step && odd_letter_at(letter, text + end - step, step) == step ? step : 0;
}

static inline size_t letter_before(struct stretched_run run, const uint8_t *text, size_t end)
{
	if (end >= 1 && (text[end - 1] | run.case_bit) == run.letter)
		return 1;
	return end >= 1 && text[end - 1] >= 0x80 ? odd_letter_before(run.letter, text, end) : 0;
}

size_t stretched_word_start(const struct stretched_word *word, const uint8_t *text, size_t end)
{
	for (unsigned i = word->n; i-- > 0;) {
		struct stretched_run run = word->runs[i];

		for (unsigned left = run.least; left > 0; left -= run.least != ALL) {
			size_t step = letter_before(run, text, end);

			if (step == 0)
				break;
			end -= step;
		}
	}
	return end;
}

size_t stretched_word_end(
	const struct stretched_word *word, const uint8_t *text, size_t len, size_t end)
{
	struct stretched_run run = word->runs[word->n - 1];
	size_t step = run.least == ALL;

	for (; end < len && step > 0; end += step) {
		if ((text[end] | run.case_bit) == run.letter)
			step = 1;
		else
			step = odd_letter_at(run.letter, text + end, len - end);
	}
	return end;
}

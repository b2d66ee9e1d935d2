/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/near_word.h"

#include <string.h>

enum { WORD_MAX = 40, BEGINNING_MIN = 3 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* One row of the usual table at a time: row[j] is from the letters of a so far to j letters of b.
 */
static unsigned edits(const char *a, const char *b, size_t len)
{
	unsigned row[WORD_MAX + 1];

	for (unsigned j = 0; j <= len; j++)
		row[j] = j;
	for (unsigned i = 1; *a != '\0'; i++, a++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			unsigned replaced = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			row[j] = least(replaced, 1 + least(row[j], row[j - 1]));
		}
	}
	return row[len];
}

unsigned near_word_distance(const char *word, const char *known)
{
	size_t len = strlen(word), known_len = strlen(known);

	if (len > WORD_MAX || known_len > WORD_MAX)
		return WORDS_APART;
	unsigned distance = edits(word, known, known_len);
	if (distance <= len / 3)
		return distance;
	return len >= BEGINNING_MIN && strncmp(word, known, len) == 0 ? WORD_MAX : WORDS_APART;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The word that somebody may have meant.
 */
#ifndef CONTROL_NEAR_WORD_H
#define CONTROL_NEAR_WORD_H

#include <limits.h>

#define WORDS_APART UINT_MAX

/*
 * How many letters have to be put in, left out or replaced to make one of the other (Levenshtein
 * distance), or WORDS_APART if that is more than a third of the word. A beginning of what is known
 * is near, too, but less so than a slip of the keyboard.
 */
unsigned near_word_distance(const char *word, const char *known);

#endif

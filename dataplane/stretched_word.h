/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The patterns that people mostly want: a word, some of its letters stretched (go+a+l). Where such
 * a match begins follows from where it ends, so Hyperscan need not find it: its start-of-match
 * engines take several times as long as those that report ends alone (docs/performance.md).
 *
 * The word is a row of runs: neighbours differ, so walking back from the end, a stretched run is
 * all that there is of its letter and any other is as long as it is written. The walk cannot
 * branch, and it finds the leftmost start, as HS_FLAG_SOM_LEFTMOST would.
 */
#ifndef DATAPLANE_STRETCHED_WORD_H
#define DATAPLANE_STRETCHED_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STRETCHED_RUNS_MAX = 30, STRETCHED_ALL = UINT8_MAX };

struct stretched_run {
	uint8_t letter;   // in lower case
	uint8_t case_bit; // that makes it so
	uint8_t least;    // how often it stands there; STRETCHED_ALL: all that there is
};

struct stretched_word {
	unsigned n;
	struct stretched_run runs[STRETCHED_RUNS_MAX];
};

/* Letters, digits, # @ _ - and : with or without a + behind each. False for any other pattern. */
bool stretched_word_parse(struct stretched_word *word, const char *pattern);

/* The text matches up to end, without regard to case (Unicode's: U+017F is an s, U+212A a k). */
size_t stretched_word_start(const struct stretched_word *word, const uint8_t *text, size_t end);

/* The end of the longest match that begins where one that ends at end does: if the last letter is
 * stretched, behind all of its run. So Hyperscan need not report every one of them. */
size_t stretched_word_end(
	const struct stretched_word *word, const uint8_t *text, size_t len, size_t end);

#endif

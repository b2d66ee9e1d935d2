/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The texts that the benchmark of text scans: 1024 different ones of each kind and length, the same
 * in every run.
 */
#ifndef PERF_TEXTS_H
#define PERF_TEXTS_H

#include <stddef.h>
#include <stdint.h>

enum { TEXTS = 1024 };

struct texts_kind {
	const char *name;
	const char *const *words; // NULL-terminated
	unsigned emoji_percent;   // how many of the pieces are emoji instead of words
};

extern const struct texts_kind texts_kinds[];
extern const unsigned texts_kinds_n;

struct texts {
	uint8_t text[TEXTS][512];
	size_t len; // of each
};

/* emoji: the n to choose from. Texts are filled up with spaces, so that all have the length. */
void texts_make(struct texts *t, const struct texts_kind *kind, size_t len,
	const char *const *emoji, unsigned n);

#endif

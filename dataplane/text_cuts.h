/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Where a text may be cut without cutting a match, and which of its bytes may begin one. So that
 * Hyperscan gets short pieces, and none of what cannot match.
 *
 * Up to 34 bytes it runs one table-driven automaton of everything; longer texts go through engines
 * that take several times as long for each literal or word that begins (docs/performance.md).
 *
 * Between two characters a cut is safe if the bytes on its sides stand side by side in nothing that
 * is looked for.
 */
#ifndef DATAPLANE_TEXT_CUTS_H
#define DATAPLANE_TEXT_CUTS_H

#include "dataplane/stretched_word.h"
#include "wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_PIECE = 34, TEXT_WORDS = WIRE_TEXT_MAX / 64 };

struct text_cuts {
	uint8_t first[2][16];            // bit b of [h][l]: the byte (8h + b) * 16 + l begins one
	uint64_t joined[256 * 256 / 64]; // by first byte * 256 + second: they stand side by side
};

/* What is looked for. */
void text_cuts_add_literal(struct text_cuts *c, const char *bytes, size_t len);
void text_cuts_add_word(struct text_cuts *c, const struct stretched_word *word);

/* Sets the bits of the bytes that may begin a match, those of (len + 63) / 64 words. */
void text_cuts_begins(
	const struct text_cuts *c, const uint8_t *text, size_t len, uint64_t begins[TEXT_WORDS]);

/* The same on any processor. */
void text_cuts_begins_one_by_one(
	const struct text_cuts *c, const uint8_t *text, size_t len, uint64_t begins[TEXT_WORDS]);

static inline bool text_cuts_joined(const struct text_cuts *c, const uint8_t *pair)
{
	unsigned at = pair[0] * 256u + pair[1];

	return (c->joined[at / 64] >> at % 64 & 1) != 0;
}

/* Before this byte? Never within a character, for what Hyperscan gets must be UTF-8. */
static inline bool text_cuts_is_safe(const struct text_cuts *c, const uint8_t *at)
{
	return (*at & 0xc0) != 0x80 && !text_cuts_joined(c, at - 1);
}

/* The end of the piece that begins at from: a safe cut, at most TEXT_PIECE on if there is one. */
static inline size_t text_cuts_end(
	const struct text_cuts *c, const uint8_t *text, size_t len, size_t from)
{
	if (len - from <= TEXT_PIECE)
		return len;
	for (size_t end = from + TEXT_PIECE; end > from; end--) {
		if (text_cuts_is_safe(c, text + end))
			return end;
	}
	for (size_t end = from + TEXT_PIECE + 1; end < len; end++) {
		if (text_cuts_is_safe(c, text + end))
			return end;
	}
	return len;
}

#endif

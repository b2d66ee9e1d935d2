/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The rival of the text matcher: a trie over bytes that walks a text once, from left to right, and
 * takes the longest sequence at each place. It knows literals and nothing else.
 */
#ifndef PERF_BYTE_TRIE_H
#define PERF_BYTE_TRIE_H

#include <stddef.h>
#include <stdint.h>

struct byte_trie;

struct byte_trie *byte_trie_new(void);
void byte_trie_free(struct byte_trie *t);

/* reaction: or EMOJI_NOTHING. What is in the trie already stays as it is. */
void byte_trie_add(struct byte_trie *t, const char *bytes, size_t len, int16_t reaction);

/* Writes the reactions of a well-formed text in their order; how many. */
unsigned byte_trie_scan(
	const struct byte_trie *t, const uint8_t *text, size_t len, uint8_t *reactions);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/byte_trie.h"

#include "dataplane/emoji_plan.h"

#include <stdbool.h>
#include <stdlib.h>

enum { NODES_MAX = 20000 };

struct node {
	uint16_t child[256]; // 0: none, for the root is nobody's child
	int16_t reaction;    // of the sequence that ends here
	bool ends;
};

struct byte_trie {
	unsigned n;
	struct node nodes[NODES_MAX];
};

struct byte_trie *byte_trie_new(void)
{
	struct byte_trie *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	t->n = 1;
	return t;
}

void byte_trie_free(struct byte_trie *t)
{
	free(t);
}

void byte_trie_add(struct byte_trie *t, const char *bytes, size_t len, int16_t reaction)
{
	struct node *node = &t->nodes[0];

	for (size_t i = 0; i < len; i++) {
		uint16_t *next = &node->child[(uint8_t)bytes[i]];

		if (*next == 0) {
			if (t->n == NODES_MAX)
				abort();
			*next = (uint16_t)t->n++;
		}
		node = &t->nodes[*next];
	}
	if (!node->ends) {
		node->ends = true;
		node->reaction = reaction;
	}
}

/* The length of the longest sequence at the begin of the text, or 0. */
static size_t longest(const struct byte_trie *t, const uint8_t *text, size_t len, int16_t *reaction)
{
	const struct node *node = &t->nodes[0];
	size_t best = 0;

	for (size_t i = 0; i < len && node->child[text[i]] != 0; i++) {
		node = &t->nodes[node->child[text[i]]];
		if (node->ends) {
			best = i + 1;
			*reaction = node->reaction;
		}
	}
	return best;
}

/* Flags pair from the left, listed or not. */
static bool is_pair(const uint8_t *text, size_t len)
{
	return is_regional_indicator(text, len) && is_regional_indicator(text + 4, len - 4);
}

unsigned byte_trie_scan(
	const struct byte_trie *t, const uint8_t *text, size_t len, uint8_t *reactions)
{
	unsigned n = 0;

	for (size_t at = 0, step; at < len; at += step) {
		int16_t reaction = EMOJI_NOTHING;

		step = longest(t, text + at, len - at, &reaction);
		if (reaction != EMOJI_NOTHING)
			reactions[n++] = (uint8_t)reaction;
		if (step < 8 && is_pair(text + at, len - at))
			step = 8;
		if (step == 0)
			step = 1;
	}
	return n;
}

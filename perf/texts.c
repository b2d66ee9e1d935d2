/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/texts.h"

#include <string.h>

static const char *const english[] = {"what ", "a ", "match ", "that ", "was! ", "never ", "in ",
	"my ", "life ", "did ", "you ", "see ", "this ", "one? ", "keeper ", "has ", "no ",
	"chance ", "come ", "on ", "lads, ", "final ", "minute ", "ref ", "is ", "blind ", NULL};
static const char *const stretched[] = {"goal ", "GOAL! ", "gooooal ", "goaaaal ", "what ", "a ",
	"GOOOOAAAALLLL!!! ", "going ", "good ", "great ", "game ", "go on ", NULL};
static const char *const hindi[] = {"क्या ", "गोल ", "था ", "यह ", "मैच ", "बहुत ", "अच्छा ", "है ",
	"भारत ", "जीतेगा ", "वाह ", "कमाल ", "खेल ", NULL};
static const char *const japanese[] = {"すごい", "試合", "だ", "ゴール", "！", "日本", "頑張れ",
	"最高", "の", "選手", "今日", "は", "勝つ", NULL};
static const char *const nothing[] = {NULL};

const struct texts_kind texts_kinds[] = {
	{"emoji, dense", nothing, 100},
	{"emoji, sparse", english, 20},
	{"ASCII, none", english, 0},
	{"Hindi, sparse", hindi, 10},
	{"Japanese, sparse", japanese, 10},
	{"stretched words", stretched, 10},
};
const unsigned texts_kinds_n = sizeof(texts_kinds) / sizeof(texts_kinds[0]);

/* splitmix64, by Sebastiano Vigna. */
static unsigned below(uint64_t *state, unsigned n)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (unsigned)((z ^ z >> 31) >> 32) % n;
}

static unsigned count(const char *const *list)
{
	unsigned n = 0;

	while (list[n] != NULL)
		n++;
	return n;
}

void texts_make(struct texts *t, const struct texts_kind *kind, size_t len,
	const char *const *emoji, unsigned n)
{
	unsigned words = count(kind->words);
	uint64_t state = 7700;

	t->len = len;
	for (unsigned i = 0; i < TEXTS; i++) {
		memset(t->text[i], ' ', len);
		for (size_t at = 0, misses = 0; at < len && misses < 8;) {
			const char *piece = below(&state, 100) < kind->emoji_percent
						    ? emoji[below(&state, n)]
						    : kind->words[below(&state, words)];
			size_t piece_len = strlen(piece);

			if (at + piece_len > len) {
				misses++; // a shorter one may fit
				continue;
			}
			memcpy(t->text[i] + at, piece, piece_len);
			at += piece_len;
		}
	}
}

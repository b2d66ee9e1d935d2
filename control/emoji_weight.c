/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/emoji_weight.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* control/emoji_emotion.txt: lines that begin with # say where it is from. */
extern const unsigned char emoji_emotion[];
extern const unsigned long emoji_emotion_len;

enum { POLARITY_MAX = 5, EMOJI_MAX = 96 };

static const char variation[] = "\uFE0F";

/* Copies without U+FE0F. False: too long for any that is listed. */
static bool plain(const char *emoji, char out[EMOJI_MAX])
{
	size_t len = 0;

	while (*emoji != '\0') {
		if (strncmp(emoji, variation, sizeof(variation) - 1) == 0) {
			emoji += sizeof(variation) - 1;
			continue;
		}
		if (len + 1 == EMOJI_MAX)
			return false;
		out[len++] = *emoji++;
	}
	out[len] = '\0';
	return len > 0;
}

/* Is this the line of that emoji? */
static bool is_of(const char *line, const char *end, const char *emoji)
{
	size_t len = strlen(emoji);

	return (size_t)(end - line) > len && line[len] == '\t' && memcmp(line, emoji, len) == 0;
}

static bool rated(const char *emoji, int *polarity)
{
	const char *line = (const char *)emoji_emotion, *end = line + emoji_emotion_len;
	char wanted[EMOJI_MAX];

	if (!plain(emoji, wanted))
		return false;
	while (line < end) {
		const char *next = memchr(line, '\n', (size_t)(end - line));

		if (is_of(line, end, wanted)) {
			*polarity = atoi(line + strlen(wanted) + 1);
			return true;
		}
		line = next == NULL ? end : next + 1;
	}
	return false;
}

double emoji_weight(char *const *emoji, unsigned n)
{
	int sum = 0, found = 0, polarity;

	for (unsigned i = 0; i < n; i++) {
		if (rated(emoji[i], &polarity)) {
			sum += polarity;
			found++;
		}
	}
	return found > 0 ? (double)sum / (POLARITY_MAX * found) : 0;
}

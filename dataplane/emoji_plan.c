/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/emoji_plan.h"

#include "dataplane/emoji_listed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STRIPPED_MAX = 128 };

struct stripped {
	char bytes[STRIPPED_MAX];
	size_t len;
};

static bool is_variation_selector(const char *p, size_t len)
{
	return len >= 3 && memcmp(p, "\xef\xb8\x8f", 3) == 0; // U+FE0F
}

static bool is_skin_tone(const char *p, size_t len)
{
	return len >= 4 && memcmp(p, "\xf0\x9f\x8f", 3) == 0 &&
	       (uint8_t)p[3] >= 0xbb; // U+1F3FB to 1F3FF
}

static struct stripped strip(const char *bytes, size_t len, bool skin_tones)
{
	struct stripped s = {.len = 0};

	for (size_t i = 0; i < len && s.len < sizeof(s.bytes);) {
		if (is_variation_selector(bytes + i, len - i))
			i += 3;
		else if (skin_tones && is_skin_tone(bytes + i, len - i))
			i += 4;
		else
			s.bytes[s.len++] = bytes[i++];
	}
	return s;
}

static bool equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* A mapping, and what it is without U+FE0F. */
struct mapped {
	const char *emoji;
	size_t len;
	int16_t reaction;
	struct stripped bare;
};

static struct mapped *strip_all(const struct emoji_mapping *mapping, unsigned n)
{
	struct mapped *all = calloc(n + 1, sizeof(*all));

	for (unsigned i = 0; all != NULL && i < n; i++) {
		size_t len = strlen(mapping[i].emoji);

		all[i] = (struct mapped){mapping[i].emoji, len, mapping[i].reaction,
			strip(mapping[i].emoji, len, false)};
	}
	return all;
}

static int16_t find_exact(const struct mapped *all, unsigned n, const char *bytes, size_t len)
{
	for (unsigned i = 0; i < n; i++) {
		if (equal(all[i].emoji, all[i].len, bytes, len))
			return all[i].reaction;
	}
	return EMOJI_NOTHING;
}

static int16_t find_stripped(const struct mapped *all, unsigned n, const struct stripped *s)
{
	for (unsigned i = 0; i < n && s->len > 0; i++) {
		if (equal(all[i].bare.bytes, all[i].bare.len, s->bytes, s->len))
			return all[i].reaction;
	}
	return EMOJI_NOTHING;
}

/* Itself; else without U+FE0F; else without skin tones and U+FE0F; else nothing. */
static int16_t counts_as(const struct mapped *all, unsigned n, const char *bytes, size_t len)
{
	int16_t reaction = find_exact(all, n, bytes, len);

	for (int skin_tones = 0; reaction == EMOJI_NOTHING && skin_tones <= 1; skin_tones++) {
		struct stripped s = strip(bytes, len, skin_tones == 1);
		reaction = find_stripped(all, n, &s);
	}
	return reaction;
}

static int compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_sequences(const void *a, const void *b)
{
	const struct emoji_sequence *x = a, *y = b;

	return compare(x->bytes, x->len, y->bytes, y->len);
}

/* The first sequence that is not smaller than the bytes. */
static unsigned lower_bound(const struct emoji_plan *plan, const char *bytes, size_t len)
{
	unsigned low = 0, high = plan->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (compare(plan->sequences[middle].bytes, plan->sequences[middle].len, bytes,
			    len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_listed(const struct emoji_plan *plan, const char *bytes, size_t len)
{
	unsigned i = lower_bound(plan, bytes, len);

	return i < plan->n && equal(plan->sequences[i].bytes, plan->sequences[i].len, bytes, len);
}

/* All listed sequences, and what the catalogue maps besides. */
int emoji_plan_make_full(struct emoji_plan *plan, const struct emoji_mapping *mapping, unsigned n)
{
	struct mapped *all = strip_all(mapping, n);

	plan->sequences = calloc(emoji_listed_n + n, sizeof(*plan->sequences));
	if (all == NULL || plan->sequences == NULL) {
		free(all);
		emoji_plan_free(plan);
		return -ENOMEM;
	}
	plan->n = emoji_listed_n;
	for (unsigned i = 0; i < emoji_listed_n; i++) {
		const struct emoji_listed *e = &emoji_listed[i];

		plan->sequences[i] = (struct emoji_sequence){
			.bytes = e->bytes,
			.len = e->len,
			.reaction = counts_as(all, n, e->bytes, e->len),
		};
	}
	free(all);
	unsigned total = plan->n;
	for (unsigned i = 0; i < n; i++) {
		size_t len = strlen(mapping[i].emoji);

		if (!is_listed(plan, mapping[i].emoji, len))
			plan->sequences[total++] = (struct emoji_sequence){
				mapping[i].emoji, (uint16_t)len, mapping[i].reaction};
	}
	plan->n = total;
	qsort(plan->sequences, plan->n, sizeof(*plan->sequences), compare_sequences);
	return 0;
}

/* What is needed so far, by its place in the plan; before[i] counts the needed ones below i. */
struct needed {
	bool *is;
	unsigned *before;
};

static void count_before(const struct emoji_plan *plan, struct needed *needed)
{
	needed->before[0] = 0;
	for (unsigned i = 0; i < plan->n; i++)
		needed->before[i + 1] = needed->before[i] + needed->is[i];
}

/* Is the tail the beginning of a needed sequence? */
static bool begins_needed(
	const struct emoji_plan *plan, const struct needed *needed, const char *tail, size_t len)
{
	char above[STRIPPED_MAX];

	if (len + 1 > sizeof(above))
		return true; // longer than anything listed: to be on the safe side
	memcpy(above, tail, len);
	above[len] = '\xff'; // never in UTF-8: above all sequences that begin with the tail
	unsigned first = lower_bound(plan, tail, len), last = lower_bound(plan, above, len + 1);
	return needed->before[last] > needed->before[first];
}

static size_t next_character(const char *bytes, size_t at, size_t len)
{
	for (at++; at < len && ((uint8_t)bytes[at] & 0xc0) == 0x80;)
		at++;
	return at;
}

/* Does the tail begin with a needed sequence? */
static bool has_needed_at_start(
	const struct emoji_plan *plan, const struct needed *needed, const char *tail, size_t len)
{
	for (size_t end = 0; end < len;) {
		end = next_character(tail, end, len);
		unsigned i = lower_bound(plan, tail, end);
		if (i < plan->n && needed->is[i] &&
			equal(plan->sequences[i].bytes, plan->sequences[i].len, tail, end))
			return true;
	}
	return false;
}

static bool interferes(
	const struct emoji_plan *plan, const struct needed *needed, const struct emoji_sequence *s)
{
	if (is_regional_indicator((const uint8_t *)s->bytes, s->len))
		return false;
	for (size_t at = 0; at < s->len; at = next_character(s->bytes, at, s->len)) {
		const char *tail = s->bytes + at;
		size_t len = s->len - at;

		if (has_needed_at_start(plan, needed, tail, len))
			return true;
		if (at > 0 && begins_needed(plan, needed, tail, len))
			return true;
	}
	return false;
}

/* Adds what interferes with the needed ones until nothing more does. */
static void close_over(const struct emoji_plan *plan, struct needed *needed)
{
	bool grew = true;

	while (grew) {
		grew = false;
		count_before(plan, needed);
		for (unsigned i = 0; i < plan->n; i++) {
			if (!needed->is[i] && interferes(plan, needed, &plan->sequences[i])) {
				needed->is[i] = true;
				grew = true;
			}
		}
	}
}

static void keep(struct emoji_plan *plan, const struct needed *needed)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < plan->n; i++) {
		if (needed->is[i])
			plan->sequences[kept++] = plan->sequences[i];
	}
	plan->n = kept;
}

int emoji_plan_make(struct emoji_plan *plan, const struct emoji_mapping *mapping, unsigned n)
{
	struct needed needed;

	*plan = (struct emoji_plan){.n = 0};
	if (n == 0) // patterns alone are checked one by one: that should not take its time
		return 0;
	int ret = emoji_plan_make_full(plan, mapping, n);

	if (ret < 0)
		return ret;
	needed.is = calloc(plan->n + 1, sizeof(*needed.is));
	needed.before = calloc(plan->n + 1, sizeof(*needed.before));
	if (needed.is == NULL || needed.before == NULL) {
		emoji_plan_free(plan);
		ret = -ENOMEM;
	} else {
		for (unsigned i = 0; i < plan->n; i++)
			needed.is[i] = plan->sequences[i].reaction != EMOJI_NOTHING;
		close_over(plan, &needed);
		keep(plan, &needed);
	}
	free(needed.is);
	free(needed.before);
	return ret;
}

void emoji_plan_free(struct emoji_plan *plan)
{
	free(plan->sequences);
	plan->sequences = NULL;
	plan->n = 0;
}

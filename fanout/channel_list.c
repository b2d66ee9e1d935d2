/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/channel_list.h"

static const char SHAPE[] = "channels are numbers with commas between them, such as 1,2,5";

/* Up to five digits and no more; returns how many bytes, 0 if there is no number. */
static size_t number(const char *in, size_t len, uint32_t *value)
{
	size_t i = 0;

	*value = 0;
	while (i < len && i < 5 && in[i] >= '0' && in[i] <= '9')
		*value = *value * 10 + (uint32_t)(in[i++] - '0');
	return i;
}

struct range {
	uint32_t first, last;
};

/* "5" or "5-9"; returns how many bytes, 0 if there is none. */
static size_t range(const char *in, size_t len, struct range *out)
{
	size_t at = number(in, len, &out->first);

	out->last = out->first;
	if (at == 0 || at == len || in[at] != '-')
		return at;
	size_t digits = number(in + at + 1, len - at - 1, &out->last);
	return digits == 0 ? 0 : at + 1 + digits;
}

/* The bits of this word of 64 channels that are in the range. */
static uint64_t bits_of(struct range r, uint32_t word)
{
	uint64_t bits = ~UINT64_C(0);

	if (word == r.first / 64)
		bits <<= r.first % 64;
	if (word == r.last / 64)
		bits &= ~UINT64_C(0) >> (63 - r.last % 64);
	return bits;
}

/* Until there are more than most. What was seen before costs next to nothing. */
static void add(
	struct channel_list *list, uint64_t seen[static 65536 / 64], struct range r, uint32_t most)
{
	for (uint32_t word = r.first / 64; word <= r.last / 64 && list->n <= most; word++) {
		uint64_t bits = bits_of(r, word) & ~seen[word];

		seen[word] |= bits;
		for (; bits != 0 && list->n <= most; bits &= bits - 1)
			list->channels[list->n++] =
				(uint16_t)(word * 64 + (uint32_t)__builtin_ctzll(bits));
	}
}

const char *channel_list_parse(const char *in, size_t len, uint32_t most, struct channel_list *out)
{
	uint64_t seen[65536 / 64] = {0};
	size_t at = 0, asked = 0;
	struct range r;

	out->n = 0;
	for (;;) {
		size_t used = range(in + at, len - at, &r);

		if (used == 0)
			return SHAPE;
		if (r.first >= WIRE_CHANNEL_NONE || r.last >= WIRE_CHANNEL_NONE)
			return "channels are numbers from 0 to 65534";
		if (r.first > r.last)
			return "a range begins with the smaller channel, such as 1-5";
		asked += r.last - r.first + 1;
		if (asked > CHANNEL_LIST_MAX) // which bounds the work, too
			return "more channels than there are";
		add(out, seen, r, most);
		at += used;
		if (at == len || out->n > most)
			return NULL;
		if (in[at++] != ',')
			return SHAPE;
	}
}

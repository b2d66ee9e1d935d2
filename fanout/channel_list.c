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

static void add(struct channel_list *list, uint64_t seen[static 65536 / 64], struct range r)
{
	for (uint32_t channel = r.first; channel <= r.last; channel++) {
		uint64_t bit = 1ull << (channel % 64);

		if ((seen[channel / 64] & bit) == 0)
			list->channels[list->n++] = (uint16_t)channel;
		seen[channel / 64] |= bit;
	}
}

const char *channel_list_parse(const char *in, size_t len, struct channel_list *out)
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
		add(out, seen, r);
		at += used;
		if (at == len)
			return NULL;
		if (in[at++] != ',')
			return SHAPE;
	}
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/channel_list.h"

#include "wire/limits.h"

#include <stdbool.h>

/* Up to five digits and no more; returns how many bytes, 0 if there is no number. */
static size_t number(const char *in, size_t len, uint32_t *value)
{
	size_t i = 0;

	*value = 0;
	while (i < len && i < 5 && in[i] >= '0' && in[i] <= '9')
		*value = *value * 10 + (uint32_t)(in[i++] - '0');
	return i;
}

const char *channel_list_parse(const char *in, size_t len, struct channel_list *out)
{
	uint64_t seen[65536 / 64] = {0};
	size_t at = 0;

	out->n = 0;
	for (;;) {
		uint32_t channel;
		size_t digits = number(in + at, len - at, &channel);

		if (digits == 0)
			return "channels are numbers with commas between them, such as 1,2,5";
		if (channel >= WIRE_CHANNEL_NONE)
			return "channels are numbers from 0 to 65534";
		at += digits;
		uint64_t bit = 1ull << (channel % 64);
		if ((seen[channel / 64] & bit) == 0) {
			if (out->n == CHANNEL_LIST_MAX)
				return "more channels than one subscriber may have";
			seen[channel / 64] |= bit;
			out->channels[out->n++] = (uint16_t)channel;
		}
		if (at == len)
			return NULL;
		if (in[at++] != ',')
			return "channels are numbers with commas between them, such as 1,2,5";
	}
}

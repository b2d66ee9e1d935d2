/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/channel_span.h"

#include "wire/limits.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Decimal digits; *text is moved behind them. */
static bool take_number(const char **text, uint16_t *out)
{
	size_t len = strspn(*text, "0123456789");
	uint32_t value = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len && value < WIRE_CHANNEL_NONE; i++)
		value = value * 10 + (uint32_t)((*text)[i] - '0');
	*text += len;
	*out = (uint16_t)value;
	return value < WIRE_CHANNEL_NONE;
}

int channel_span_next(const char **text, struct channel_span *out)
{
	if (**text == '\0')
		return 0;
	if (!take_number(text, &out->first))
		return -EINVAL;
	out->last = out->first;
	if (**text == '-') {
		(*text)++;
		if (!take_number(text, &out->last) || out->last < out->first)
			return -EINVAL;
	}
	if (**text == ',' && (*text)[1] != '\0')
		(*text)++;
	else if (**text != '\0')
		return -EINVAL;
	return 1;
}

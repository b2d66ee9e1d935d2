/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The line of a TCP subscriber, and the list of channels in it. Given byte by byte, the parser asks
 * for more until it says what it says of all.
 */

#include "fanout/sub_line.h"
#include "fuzz_check.h"

#include <string.h>

static void check_list(const struct channel_list *list)
{
	static uint8_t seen[65536];

	CHECK(list->n > 0 && list->n <= CHANNEL_LIST_MAX);
	memset(seen, 0, sizeof(seen));
	for (uint32_t i = 0; i < list->n; i++) {
		CHECK(list->channels[i] != WIRE_CHANNEL_NONE);
		CHECK(seen[list->channels[i]]++ == 0);
	}
}

static void check_reason(const char *why)
{
	CHECK(why != NULL && strlen(why) > 10 && strchr(why, '\n') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct sub_line whole, part;
	const char *why = NULL, *why_part = NULL;

	if (len > 4 * SUB_LINE_MAX)
		return 0;
	char *in = malloc(len + 1);
	if (in == NULL)
		return 0;
	memcpy(in, data, len);
	enum sub_result result = sub_line_parse(in, len, CHANNEL_LIST_MAX, &whole, &why),
			first = SUB_MORE;
	if (result == SUB_OK)
		check_list(&whole.list);
	if (result == SUB_REFUSED)
		check_reason(why);
	for (size_t n = 1; n <= len && first == SUB_MORE; n++)
		first = sub_line_parse(in, n, CHANNEL_LIST_MAX, &part, &why_part);
	CHECK(first == result);
	if (result == SUB_OK)
		CHECK(part.json == whole.json && part.list.n == whole.list.n);
	free(in);
	return 0;
}

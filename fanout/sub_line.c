/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/sub_line.h"

#include <string.h>

static const char VERB[] = "SUB ";
enum { VERB_LEN = sizeof(VERB) - 1 };

static enum sub_result refuse(const char **why, const char *reason)
{
	*why = reason;
	return SUB_REFUSED;
}

/* The line behind the verb, without its end. */
static enum sub_result parse_rest(
	const char *in, size_t len, uint32_t most, struct sub_line *out, const char **why)
{
	const char *space = memchr(in, ' ', len);
	size_t list_len = space == NULL ? len : (size_t)(space - in);
	const char *reason = channel_list_parse(in, list_len, most, &out->list);

	if (reason != NULL)
		return refuse(why, reason);
	out->json = space != NULL;
	if (out->json && (len - list_len != strlen(" json") || memcmp(space, " json", 5) != 0))
		return refuse(why, "the only word that may follow the channels is json");
	return SUB_OK;
}

enum sub_result sub_line_parse(
	const char *in, size_t len, uint32_t most, struct sub_line *out, const char **why)
{
	if (memcmp(in, VERB, len < VERB_LEN ? len : VERB_LEN) != 0)
		return refuse(why, "expected a line such as SUB 1,2,5 or SUB 1 json");
	const char *end = memchr(in, '\n', len < SUB_LINE_MAX ? len : SUB_LINE_MAX);
	if (end == NULL)
		return len < SUB_LINE_MAX ? SUB_MORE
					  : refuse(why, "the line is longer than 512 bytes");
	if (end > in && end[-1] == '\r')
		end--;
	return parse_rest(in + VERB_LEN, (size_t)(end - in) - VERB_LEN, most, out, why);
}

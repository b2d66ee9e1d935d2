/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The line by which a TCP subscriber asks (docs/protocol.md, section 3): "SUB 1,2,5" or "SUB 1
 * json", ended by LF or CR LF, at most 512 bytes with its end.
 */
#ifndef FANOUT_SUB_LINE_H
#define FANOUT_SUB_LINE_H

#include "fanout/channel_list.h"

#include <stdbool.h>

enum { SUB_LINE_MAX = 512 };

struct sub_line {
	struct channel_list list;
	bool json;
};

enum sub_result { SUB_MORE, SUB_OK, SUB_REFUSED };

/*
 * Parses what has arrived so far. SUB_MORE: it may become such a line. SUB_REFUSED: it will not,
 * whatever follows, and *why is a static string for the client. most: channels, as in
 * channel_list_parse().
 */
enum sub_result sub_line_parse(
	const char *in, size_t len, uint32_t most, struct sub_line *out, const char **why);

#endif

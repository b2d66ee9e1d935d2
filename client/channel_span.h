/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Channels as a person writes them, and as the protocol does: "1,2,5", "0-4095", "7,20-29". */
#ifndef CLIENT_CHANNEL_SPAN_H
#define CLIENT_CHANNEL_SPAN_H

#include <stdint.h>

struct channel_span {
	uint16_t first, last;
};

/*
 * Reads the next of a list, up to a comma or the end, and moves *text behind it. 1, 0 at the end of
 * the text, or -EINVAL.
 */
int channel_span_next(const char **text, struct channel_span *out);

#endif

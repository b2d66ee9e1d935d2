/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * All emoji sequences of Unicode's emoji-test.txt, as UTF-8, sorted by their bytes. The table is
 * made at build time from the file of Debian's package unicode-data.
 */
#ifndef DATAPLANE_EMOJI_LISTED_H
#define DATAPLANE_EMOJI_LISTED_H

#include <stdint.h>

struct emoji_listed {
	const char *bytes;
	uint8_t len;
};

extern const struct emoji_listed emoji_listed[];
extern const unsigned emoji_listed_n;

#endif

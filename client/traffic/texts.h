/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Texts as viewers write them, and the taps that the default catalogue finds in each. */
#ifndef CLIENT_TRAFFIC_TEXTS_H
#define CLIENT_TRAFFIC_TEXTS_H

#include <stdint.h>

enum { TRAFFIC_TEXTS = 16, TRAFFIC_TEXT_TAPS_MAX = 4 };

struct traffic_text {
	const char *text;
	uint16_t taps;
};

extern const struct traffic_text traffic_texts[TRAFFIC_TEXTS];

#endif

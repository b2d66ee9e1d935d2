/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Frames in words: what `uproar watch` and the crowd print of a window. */
#ifndef CLIENT_MOOD_LINE_H
#define CLIENT_MOOD_LINE_H

#include "client/catalogue.h"
#include "wire/frame.h"

#include <stdio.h>

/*
 * The emoji of a reaction, else its name, else #ID. catalogue may be NULL. Returns scratch or a
 * string of the catalogue.
 */
const char *mood_label(const struct catalogue *catalogue, uint8_t reaction, char scratch[8]);

/* " 🔥 31% 👏 20%": at most max entries. */
void mood_print_entries(FILE *to, const struct catalogue *catalogue,
	const struct frame_entry *entries, unsigned n, unsigned max);

/* One line about a frame of one channel, its end included. */
void mood_print_frame(FILE *to, const struct catalogue *catalogue, const struct frame *f);

#endif

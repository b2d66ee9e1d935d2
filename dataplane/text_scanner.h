/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Finds the reactions in a text: at each place the longest that the matcher knows, then on behind
 * it. One scanner a worker; it owns its scratch space, so that scanning allocates nothing.
 */
#ifndef DATAPLANE_TEXT_SCANNER_H
#define DATAPLANE_TEXT_SCANNER_H

#include "wire/limits.h"

#include <stddef.h>
#include <stdint.h>

struct text_matcher;
struct text_scanner;

struct text_hits {
	unsigned n;
	uint8_t reactions[WIRE_TEXT_MAX]; // in their order in the text, one for each tap
};

/* 0 or -ENOMEM. The matcher must live longer than the scanner. */
int text_scanner_new(struct text_scanner **out, const struct text_matcher *m);
void text_scanner_free(struct text_scanner *s);

/* The text must be well-formed UTF-8, at most WIRE_TEXT_MAX bytes. Valid until the next call. */
const struct text_hits *text_scan(struct text_scanner *s, const uint8_t *text, size_t len);

#endif

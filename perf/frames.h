/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The frames that benchmarks count: real Ethernet frames with reaction datagrams, one after the
 * other different in session, channel and reactions.
 */
#ifndef PERF_FRAMES_H
#define PERF_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frames_case {
	const char *name;
	unsigned working_set; // packet buffers in use
	unsigned reactions;   // pairs a batch
	unsigned channels;
	bool sequenced;
	bool verify;      // UDP checksums are checked in software
	const char *text; // instead of pairs
};

extern const struct frames_case frames_cases[];
extern const unsigned frames_cases_n;

/* Writes frame i of the case; its length, or 0 if it does not fit. */
uint32_t frames_make(const struct frames_case *c, unsigned i, uint8_t *out, size_t cap);

#endif

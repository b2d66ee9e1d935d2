/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The reaction datagram decoded a second time, from docs/protocol.md alone and for clarity alone:
 * what the fast decoder must agree with, on anything.
 */
#ifndef TESTS_PLAIN_DECODER_H
#define TESTS_PLAIN_DECODER_H

#include "wire/refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plain_pair {
	unsigned reaction, count;
};

struct plain_batch {
	unsigned n;
	struct plain_pair pairs[32];
};

struct plain_datagram {
	bool has_header; // false: plain text
	bool wants_ticket, wants_receipt, is_text, wants_frame;
	unsigned channel;
	unsigned long long session;
	unsigned sequence;
	uint8_t ticket[16];
	unsigned n_batches;
	struct plain_batch batches[8]; // if it is no text
	size_t text_len;
	char text[513]; // if it is
};

/* REFUSED_none and *out filled in, or the first check that fails. */
enum refusal plain_decode(const uint8_t *payload, size_t len, struct plain_datagram *out);

#endif

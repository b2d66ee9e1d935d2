/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* One tap in the words of `uproar send`, and the datagram that carries it. */
#ifndef CLIENT_TAP_H
#define CLIENT_TAP_H

#include "wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAP_WHY_MAX = 160 };

struct tap {
	int channel;  // -1: none was named
	bool as_text; // even what looks like REACTION:COUNT is text
	uint64_t session;
	uint32_t sequence;     // of the one batch
	bool receipt;          // is wanted
	const uint8_t *ticket; // WIRE_TICKET_LEN bytes, or NULL
	char **words;
	unsigned n;
};

/*
 * Words that are all REACTION:COUNT become a batch, anything else is text, the words joined by
 * blanks. Text without a channel goes as plain text, unless it has a ticket or wants a receipt; a
 * batch without a channel goes to channel 0. Returns the length of the payload, or -EINVAL with a
 * sentence in why.
 */
int tap_build(const struct tap *tap, uint8_t payload[WIRE_PAYLOAD_MAX], char why[TAP_WHY_MAX]);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Issuing tickets (docs/protocol.md, 1.6), as the backend of an application does. With OpenSSL,
 * while the appliance verifies them with code of its own: each checks the other.
 */
#ifndef CLIENT_TICKET_H
#define CLIENT_TICKET_H

#include "wire/limits.h"

#include <stddef.h>
#include <stdint.h>

enum { TICKET_WHY_MAX = 512 };

struct ticket {
	uint64_t session; // 1 to 2^56 - 1
	uint32_t expires; // Unix seconds; good up to and including this one
	uint16_t channel; // WIRE_CHANNEL_NONE: any
};

struct ticket_issuer;

/* With a key of a file (wire/key_file.h). 0, or -errno with a sentence in why. */
int ticket_issuer_open(
	struct ticket_issuer **out, const char *key_file, uint8_t key_id, char why[TICKET_WHY_MAX]);

/* 0, or -ENOMEM: OpenSSL could not. */
int ticket_issue(
	struct ticket_issuer *i, const struct ticket *ticket, uint8_t out[WIRE_TICKET_LEN]);

/* NULL is allowed. */
void ticket_issuer_close(struct ticket_issuer *i);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Makes a reaction datagram ask for an answer (protocol.md, 1.5). */
#ifndef CLIENT_GEN_RECEIPT_ASK_H
#define CLIENT_GEN_RECEIPT_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Sets the flag in the datagram that begins with this UDP header, and makes its checksum right
 * again. False: it is plain text, which has no header, or too short for one.
 */
bool receipt_ask(uint8_t *udp, size_t len);

#endif

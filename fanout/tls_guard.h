/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Looks at the handshake messages that a client sends in the clear before OpenSSL does, for OpenSSL
 * makes room as soon as it sees a length: nine bytes would cost it 128 KiB for each connection.
 * Follows records and messages however they are cut (RFC 8446, 4 and 5.1).
 */
#ifndef FANOUT_TLS_GUARD_H
#define FANOUT_TLS_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TLS_GUARD_MESSAGE_MAX = 16 << 10 }; // a hello of today has up to 2 KiB

struct tls_guard {
	uint8_t record[5];   // header
	uint8_t message[4];  // header
	uint8_t have_record; // bytes of it that have come
	uint8_t have_message;
	bool off;              // TLS 1.2: what follows is encrypted
	uint16_t record_left;  // bytes of the record to come
	uint32_t message_left; // bytes of the message to come
};

/*
 * The next bytes from the client; all zero is where it begins. tls13: this version was agreed on,
 * or none yet. False: a message is too long.
 */
bool tls_guard_pass(struct tls_guard *guard, const uint8_t *bytes, size_t len, bool tls13);

#endif

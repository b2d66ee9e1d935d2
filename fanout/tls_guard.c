/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/tls_guard.h"

enum { CHANGE_CIPHER_SPEC = 20, HANDSHAKE = 22 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Bytes of a record of handshake messages. */
static bool messages(struct tls_guard *g, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		size_t taken = 1;

		if (g->message_left > 0) {
			taken = least(len, g->message_left);
			g->message_left -= (uint32_t)taken;
		} else {
			g->message[g->have_message++] = *bytes;
			if (g->have_message == sizeof(g->message)) {
				g->have_message = 0;
				g->message_left = (uint32_t)g->message[1] << 16 |
						  (uint32_t)g->message[2] << 8 | g->message[3];
			}
			if (g->message_left > TLS_GUARD_MESSAGE_MAX)
				return false;
		}
		bytes += taken;
		len -= taken;
	}
	return true;
}

/* In TLS 1.3 it means nothing (RFC 8446, D.4). */
static void record_begins(struct tls_guard *g, bool tls13)
{
	g->have_record = 0;
	g->record_left = (uint16_t)(g->record[3] << 8 | g->record[4]);
	if (g->record[0] == CHANGE_CIPHER_SPEC && !tls13)
		g->off = true;
}

bool tls_guard_pass(struct tls_guard *g, const uint8_t *bytes, size_t len, bool tls13)
{
	while (len > 0 && !g->off) {
		size_t taken = 1;

		if (g->record_left > 0) {
			taken = least(len, g->record_left);
			if (g->record[0] == HANDSHAKE && !messages(g, bytes, taken))
				return false;
			g->record_left -= (uint16_t)taken;
		} else {
			g->record[g->have_record++] = *bytes;
			if (g->have_record == sizeof(g->record))
				record_begins(g, tls13);
		}
		bytes += taken;
		len -= taken;
	}
	return true;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Tickets as a backend makes them, written from docs/protocol.md: OpenSSL holds against our own
 * AES.
 */
#ifndef TESTS_OPENSSL_TICKET_H
#define TESTS_OPENSSL_TICKET_H

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

static inline void openssl_cmac(
	const uint8_t key[16], const uint8_t *message, size_t len, uint8_t mac[16])
{
	size_t written;

	cr_assert_neq(EVP_Q_mac(NULL, "CMAC", NULL, "AES-128-CBC", NULL, key, 16, message, len, mac,
			      16, &written),
		NULL);
	cr_assert_eq(written, 16);
}

static inline void openssl_ticket(const uint8_t key[16], uint64_t session, uint32_t expiry,
	uint8_t key_id, uint16_t channel, uint8_t ticket[16])
{
	const uint8_t head[8] = {(uint8_t)(expiry >> 24), (uint8_t)(expiry >> 16),
		(uint8_t)(expiry >> 8), (uint8_t)expiry, key_id, 0, (uint8_t)(channel >> 8),
		(uint8_t)channel};
	uint8_t message[16], mac[16];

	for (unsigned i = 0; i < 8; i++) // the first is zero
		message[i] = (uint8_t)(session >> (56 - 8 * i));
	memcpy(message + 8, head, 8);
	openssl_cmac(key, message, 16, mac);
	memcpy(ticket, head, 8);
	memcpy(ticket + 8, mac, 8);
}

#endif

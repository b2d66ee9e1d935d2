/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/receipt_ask.h"

#include "wire/bytes.h"
#include "wire/limits.h"
#include "wire/reaction.h"

enum { UDP_LEN = 8, CHECKSUM = 6 };

/* RFC 1624: what the sum of the words grows by, its complement loses. */
static uint16_t less(uint16_t checksum, uint16_t by)
{
	uint32_t sum = (uint32_t)(uint16_t)~checksum + by;
	uint16_t left = (uint16_t) ~((sum & 0xffff) + (sum >> 16));

	return left == 0 ? 0xffff : left;
}

bool receipt_ask(uint8_t *udp, size_t len)
{
	uint8_t *payload = udp + UDP_LEN;

	if (len < UDP_LEN + WIRE_HEADER_LEN || payload[0] != REACTION_MAGIC)
		return false;
	if ((payload[1] & REACTION_RECEIPT) != 0)
		return true;
	payload[1] |= REACTION_RECEIPT; // the low byte of a word of the sum
	uint16_t checksum = load_be16(udp + CHECKSUM);
	if (checksum != 0) // else there is none
		store_be16(udp + CHECKSUM, less(checksum, REACTION_RECEIPT));
	return true;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/ticket.h"

#include "wire/bytes.h"

#include <string.h>

/* The fields of a ticket. */
enum { EXPIRY = 0, KEY_ID = 4, CHANNEL = 6, MAC = 8 };

static inline uint64_t load_64(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

/* Zero and the session, then the ticket up to its MAC. The session is below 2^56. */
AES_CMAC static inline __m128i signed_block(const struct reaction_datagram *d)
{
	return _mm_set_epi64x((int64_t)load_64(d->ticket), (int64_t)htobe64(d->session));
}

AES_CMAC enum refusal ticket_check(
	const struct ticket_keys *keys, const struct reaction_datagram *d, uint32_t now_s)
{
	if (d->ticket == NULL)
		return REFUSED_ticket_missing;
	const struct ticket_key *key = &keys->key[d->ticket[KEY_ID]];
	if (key->present == 0)
		return REFUSED_ticket_key;
	uint64_t mac = (uint64_t)_mm_cvtsi128_si64(aes_cmac(&key->cmac, signed_block(d)));
	if (mac != load_64(d->ticket + MAC))
		return REFUSED_ticket_mac;
	if (now_s > load_be32(d->ticket + EXPIRY))
		return REFUSED_ticket_expired;
	uint16_t channel = load_be16(d->ticket + CHANNEL);
	if (channel != WIRE_CHANNEL_NONE && channel != d->channel)
		return REFUSED_ticket_channel;
	return REFUSED_none;
}

enum refusal ticket_gate_pass(
	const struct ticket_gate *gate, const struct reaction_datagram *d, uint16_t *row)
{
	uint16_t row_plus_1 = gate->row_plus_1[d->channel];

	if (row_plus_1 == 0)
		return REFUSED_channel;
	if ((d->flags & REACTION_PLAIN) != 0)
		return REFUSED_text_off;
	if (d->sequence == 0 && d->batches != 0)
		return REFUSED_unsequenced_off;
	*row = row_plus_1 - 1;
	return ticket_check(__atomic_load_n(&gate->keys, __ATOMIC_ACQUIRE), d,
		__atomic_load_n(&gate->now_s, __ATOMIC_RELAXED));
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Tickets: our AES and CMAC against published vectors and OpenSSL, each refusal, and that a channel
 * that wants tickets takes nothing without.
 */

#include "counting_rig.h"
#include "openssl_ticket.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <string.h>

static const uint8_t key_1[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const uint8_t key_7[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15,
	0x88, 0x09, 0xcf, 0x4f, 0x3c}; // of RFC 4493

static struct counting_rig *rig;

static void set_up(void)
{
	if (!ticket_supported())
		cr_skip_test("this processor has no AES instructions");
	rig = counting_rig_new();
	counting_rig_want_tickets(rig, true);
}

static void tear_down(void)
{
	if (rig != NULL)
		counting_rig_free(rig);
}

TestSuite(dataplane_ticket, .init = set_up, .fini = tear_down);

AES_CMAC static void our_cmac(const uint8_t key[16], const uint8_t block[16], uint8_t mac[16])
{
	struct aes_cmac_key expanded;

	aes_cmac_expand(&expanded, key);
	__m128i out = aes_cmac(&expanded, _mm_loadu_si128((const __m128i *)block));
	_mm_storeu_si128((__m128i *)mac, out);
}

AES_CMAC static void our_aes(const uint8_t key[16], const uint8_t block[16], uint8_t out[16])
{
	__m128i round[AES_ROUNDS + 1];

	aes_expand(round, _mm_loadu_si128((const __m128i *)key));
	_mm_storeu_si128(
		(__m128i *)out, aes_encrypt(round, _mm_loadu_si128((const __m128i *)block)));
}

AES_CMAC static void our_double(const uint8_t in[16], uint8_t out[16])
{
	_mm_storeu_si128((__m128i *)out, aes_cmac_double(_mm_loadu_si128((const __m128i *)in)));
}

Test(dataplane_ticket, aes_is_that_of_fips_197)
{
	static const uint8_t plain[16] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
		0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}; // appendix C.1
	static const uint8_t cipher[16] = {0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30, 0xd8,
		0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a};
	uint8_t out[16];

	our_aes(key_1, plain, out);
	cr_expect_arr_eq(out, cipher, 16);
}

/* Section 4: the subkeys, and example 2, the one of a single block. */
Test(dataplane_ticket, the_cmac_is_that_of_rfc_4493)
{
	static const uint8_t of_zero[16] = {0x7d, 0xf7, 0x6b, 0x0c, 0x1a, 0xb8, 0x99, 0xb3, 0x3e,
		0x42, 0xf0, 0x47, 0xb9, 0x1b, 0x54, 0x6f};
	static const uint8_t k1[16] = {0xfb, 0xee, 0xd6, 0x18, 0x35, 0x71, 0x33, 0x66, 0x7c, 0x85,
		0xe0, 0x8f, 0x72, 0x36, 0xa8, 0xde};
	static const uint8_t k2[16] = {0xf7, 0xdd, 0xac, 0x30, 0x6a, 0xe2, 0x66, 0xcc, 0xf9, 0x0b,
		0xc1, 0x1e, 0xe4, 0x6d, 0x51, 0x3b};
	static const uint8_t message[16] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9,
		0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a};
	static const uint8_t mac[16] = {0x07, 0x0a, 0x16, 0xb4, 0x6b, 0x4d, 0x41, 0x44, 0xf7, 0x9b,
		0xdd, 0x9d, 0xd0, 0x4a, 0x28, 0x7c};
	static const uint8_t zero[16];
	uint8_t out[16];

	our_aes(key_7, zero, out);
	cr_expect_arr_eq(out, of_zero, 16);
	our_double(of_zero, out);
	cr_expect_arr_eq(out, k1, 16);
	our_double(k1, out);
	cr_expect_arr_eq(out, k2, 16, "with carry");
	our_cmac(key_7, message, out);
	cr_expect_arr_eq(out, mac, 16);
}

Test(dataplane_ticket, the_cmac_is_that_of_openssl_for_any_key_and_block)
{
	struct seeded_random r = seeded_random_new("dataplane_ticket");

	for (unsigned i = 0; i < 5000; i++) {
		uint8_t key[16], block[16], ours[16], theirs[16];

		random_bytes(&r, key, sizeof(key));
		random_bytes(&r, block, sizeof(block));
		our_cmac(key, block, ours);
		openssl_cmac(key, block, sizeof(block), theirs);
		cr_assert_arr_eq(ours, theirs, 16, "vector %u", i);
	}
}

/* What a viewer sends: one tap of reaction 7 on a channel, sequence 1. */
struct question {
	uint64_t session;
	uint16_t channel;
	uint8_t ticket[16];
};

static enum refusal ask(const struct question *q)
{
	static const uint8_t pair[2] = {7, 1};
	struct reaction_datagram d = {.session = q->session,
		.sequence = 1,
		.channel = q->channel,
		.flags = REACTION_TICKET,
		.batches = 1,
		.ticket = q->ticket};
	uint8_t payload[64];
	size_t len = reaction_put_header(payload, sizeof(payload), &d);

	len = reaction_put_batch(payload, sizeof(payload), len, pair, 1);
	cr_assert_gt(len, 0);
	return counter_take(&rig->counter, payload, len);
}

static struct question good(void)
{
	struct question q = {.session = 0x0123456789abcd, .channel = 1};

	openssl_ticket(key_1, q.session, RIG_NOW, 1, WIRE_CHANNEL_NONE, q.ticket);
	return q;
}

Test(dataplane_ticket, the_ticket_of_the_protocol_counts)
{
	static const uint8_t documented[16] = {0x6b, 0x49, 0xd2, 0x00, 0x01, 0x00, 0xff, 0xff, 0x83,
		0xa4, 0xb1, 0xa6, 0xb8, 0x50, 0x35, 0xf2};
	struct question q = good();

	cr_expect_arr_eq(q.ticket, documented, 16);
	cr_expect_eq(ask(&q), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][7], 1);
	cr_expect_eq(counting_rig_all_taps(rig), 1);
}

Test(dataplane_ticket, any_viewers_ticket_counts)
{
	struct seeded_random r = seeded_random_new("dataplane_ticket");

	for (unsigned i = 0; i < 2000; i++) {
		struct question q = {
			.session = 1 + (random_next(&r) >> 8) % ((1ull << 56) - 1), .channel = 1};
		uint32_t expiry = RIG_NOW + (uint32_t)(random_next(&r) % 1000000);
		bool second_key = (i & 1) != 0;

		openssl_ticket(second_key ? key_7 : key_1, q.session, expiry, second_key ? 7 : 1,
			(i & 2) != 0 ? 1 : WIRE_CHANNEL_NONE, q.ticket);
		cr_assert_eq(ask(&q), REFUSED_none, "ticket %u", i);
	}
	cr_expect_eq(counting_rig_all_taps(rig), 2000);
}

Test(dataplane_ticket, one_wrong_bit_anywhere_refuses_it)
{
	for (unsigned bit = 0; bit < 128; bit++) {
		struct question q = good();

		if (bit / 8 == 5)
			continue; // the reserved byte: malformed
		q.ticket[bit / 8] ^= (uint8_t)(1u << bit % 8);
		enum refusal r = ask(&q);
		cr_expect_eq(r, bit / 8 == 4 ? REFUSED_ticket_key : REFUSED_ticket_mac,
			"bit %u: %s", bit, refusal_name(r));
	}
	cr_expect_eq(counting_rig_all_taps(rig), 0);
}

Test(dataplane_ticket, it_is_good_for_its_own_session_only)
{
	for (unsigned bit = 0; bit < 56; bit++) {
		struct question q = good();

		q.session ^= 1ull << bit;
		cr_expect_eq(ask(&q), REFUSED_ticket_mac, "bit %u", bit);
	}
}

Test(dataplane_ticket, it_is_good_up_to_and_including_its_last_second)
{
	struct question q = good();

	rig->policy.gate.now_s = RIG_NOW + 1;
	cr_expect_eq(ask(&q), REFUSED_ticket_expired);
	openssl_ticket(key_1, q.session, UINT32_MAX, 1, 1, q.ticket);
	rig->policy.gate.now_s = UINT32_MAX;
	cr_expect_eq(ask(&q), REFUSED_none);
	openssl_ticket(key_1, q.session, 0, 1, 1, q.ticket);
	cr_expect_eq(ask(&q), REFUSED_ticket_expired);
}

Test(dataplane_ticket, it_is_good_for_its_own_channel_or_for_any)
{
	struct question q = good();

	openssl_ticket(key_1, q.session, RIG_NOW, 1, 1, q.ticket);
	cr_expect_eq(ask(&q), REFUSED_none);
	openssl_ticket(key_1, q.session, RIG_NOW, 1, 0, q.ticket);
	cr_expect_eq(ask(&q), REFUSED_ticket_channel);
	q.channel = 2;
	cr_expect_eq(ask(&q), REFUSED_channel, "closed, whatever the ticket");
}

Test(dataplane_ticket, what_is_not_authentic_is_not_looked_at)
{
	struct question q = good();

	openssl_ticket(key_7, q.session, 5, 1, 0, q.ticket); // expired, elsewhere, of another key
	cr_expect_eq(ask(&q), REFUSED_ticket_mac);
	openssl_ticket(key_1, q.session, 5, 1, 0, q.ticket);
	cr_expect_eq(ask(&q), REFUSED_ticket_expired, "before the channel");
	openssl_ticket(key_1, q.session, 5, 2, 0, q.ticket);
	cr_expect_eq(ask(&q), REFUSED_ticket_key);
}

Test(dataplane_ticket, a_key_of_zeros_opens_no_id_without_a_key)
{
	static const uint8_t zeros[16];
	struct question q = good();

	for (unsigned id = 0; id < WIRE_KEYS_MAX; id++) {
		if (id == 1 || id == 7)
			continue;
		openssl_ticket(zeros, q.session, RIG_NOW, (uint8_t)id, 1, q.ticket);
		cr_expect_eq(ask(&q), REFUSED_ticket_key, "id %u", id);
	}
}

static enum refusal take(uint8_t flags, uint8_t batches, uint32_t sequence, const void *body)
{
	const struct question q = good();
	struct reaction_datagram d = {.session = q.session,
		.sequence = sequence,
		.channel = 1,
		.flags = flags,
		.batches = batches,
		.ticket = q.ticket};
	uint8_t payload[64];
	size_t len = reaction_put_header(payload, sizeof(payload), &d);

	cr_assert_gt(len, 0);
	memcpy(payload + len, body, strlen(body));
	return counter_take(&rig->counter, payload, len + strlen(body));
}

#define ONE_TAP "\1\7\1"

Test(dataplane_ticket, without_a_ticket_nothing_counts)
{
	cr_expect_eq(take(0, 1, 1, ONE_TAP), REFUSED_ticket_missing);
	cr_expect_eq(take(REACTION_TEXT, 1, 1, "🔥"), REFUSED_ticket_missing);
	cr_expect_eq(take(REACTION_FRAME, 0, 0, ""), REFUSED_ticket_missing, "nor is answered");
	cr_expect_eq(take(0, 1, 1, "\1\377\1"), REFUSED_ticket_missing, "before the reactions");
	cr_expect_eq(counting_rig_all_taps(rig), 0);
}

Test(dataplane_ticket, text_and_questions_pass_with_one)
{
	cr_expect_eq(take(REACTION_TICKET | REACTION_TEXT, 1, 1, "🔥"), REFUSED_none);
	cr_expect_eq(take(REACTION_TICKET | REACTION_FRAME, 0, 0, ""), REFUSED_none);
	cr_expect_eq(take(REACTION_TICKET, 1, 1, "\1\377\1"), REFUSED_reaction);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][7], 1);
}

Test(dataplane_ticket, what_anybody_could_send_again_is_off_where_tickets_are_wanted)
{
	cr_expect_eq(take(REACTION_TICKET, 1, 0, ONE_TAP), REFUSED_unsequenced_off);
	rig->policy.text_channel = 1;
	cr_expect_eq(counter_take(&rig->counter, (const uint8_t *)"goal", 4), REFUSED_text_off);
	rig->policy.text_channel = 0;
	cr_expect_eq(counter_take(&rig->counter, (const uint8_t *)"goal", 4), REFUSED_none);
	counting_rig_want_tickets(rig, false);
	cr_expect_eq(take(0, 1, 0, ONE_TAP), REFUSED_none);
}

Test(dataplane_ticket, another_set_of_keys_takes_the_place_of_the_first)
{
	static struct ticket_keys others;
	struct key_file file = {.n = 1};
	struct question q = good();

	file.present[2] = true;
	memcpy(file.key[2], key_7, 16);
	ticket_keys_expand(&others, &file);
	rig->policy.gate.keys = &others;
	cr_expect_eq(ask(&q), REFUSED_ticket_key);
	openssl_ticket(key_7, q.session, RIG_NOW, 2, 1, q.ticket);
	cr_expect_eq(ask(&q), REFUSED_none);
}

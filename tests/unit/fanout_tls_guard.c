/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * No handshake message may claim to be long, however its bytes are cut into records and arrivals.
 */

#include "fanout/tls_guard.h"

#include <criterion/criterion.h>
#include <string.h>

enum { CCS = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23 };

struct stream {
	uint8_t bytes[64 << 10];
	size_t len;
};

static void add_record(struct stream *s, uint8_t type, const uint8_t *body, size_t len)
{
	const uint8_t header[] = {type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len};

	memcpy(s->bytes + s->len, header, sizeof(header));
	memcpy(s->bytes + s->len + sizeof(header), body, len);
	s->len += sizeof(header) + len;
}

/* A message of this length in records of so many bytes each. */
static void add_message(struct stream *s, size_t len, size_t per_record)
{
	static uint8_t message[4 + TLS_GUARD_MESSAGE_MAX + 1];

	message[0] = 1;
	message[1] = (uint8_t)(len >> 16);
	message[2] = (uint8_t)(len >> 8);
	message[3] = (uint8_t)len;
	memset(message + 4, 0xff, len);
	for (size_t at = 0; at < 4 + len; at += per_record)
		add_record(s, HANDSHAKE, message + at,
			4 + len - at < per_record ? 4 + len - at : per_record);
}

/* Both at once and byte by byte. */
static bool passes(const struct stream *s, bool tls13)
{
	struct tls_guard whole = {0}, single = {0};
	bool passed = tls_guard_pass(&whole, s->bytes, s->len, tls13);
	bool same = true;

	for (size_t i = 0; i < s->len && same; i++)
		same = tls_guard_pass(&single, s->bytes + i, 1, tls13);
	cr_expect_eq(passed, same);
	return passed;
}

Test(fanout_tls_guard, passes_messages_up_to_the_limit)
{
	static const size_t lengths[] = {0, 1, 4, 5, 300, 2000, TLS_GUARD_MESSAGE_MAX};
	static const size_t cuts[] = {3, 4, 5, 100, 16384};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (size_t k = 0; k < sizeof(cuts) / sizeof(cuts[0]); k++) {
			struct stream s = {0};

			add_message(&s, lengths[i], cuts[k]);
			add_message(&s, 7, cuts[k]);
			cr_expect(passes(&s, true), "%zu in %zu", lengths[i], cuts[k]);
		}
	}
}

Test(fanout_tls_guard, stops_a_longer_one_at_its_header)
{
	static const uint8_t header[] = {1, 0, 0x40, 1};

	for (size_t cut = 1; cut <= sizeof(header); cut++) {
		struct stream s = {0};

		add_message(&s, 10, 100);
		for (size_t at = 0; at < sizeof(header); at += cut)
			add_record(&s, HANDSHAKE, header + at,
				sizeof(header) - at < cut ? sizeof(header) - at : cut);
		cr_expect(!passes(&s, true), "in records of %zu", cut);
	}
}

Test(fanout_tls_guard, looks_into_no_other_record)
{
	static const uint8_t body[] = {1, 0xff, 0xff, 0xff, 0xff};
	struct stream s = {0};

	add_record(&s, ALERT, body, sizeof(body));
	add_record(&s, DATA, body, sizeof(body));
	add_record(&s, DATA, body, 0);
	cr_expect(passes(&s, true));
}

Test(fanout_tls_guard, looks_behind_a_change_of_ciphers_in_tls_1_3_only)
{
	static const uint8_t one[] = {1}, encrypted[] = {1, 0xff, 0xff, 0xff, 0xff};
	struct stream s = {0};

	add_message(&s, 300, 1000);
	add_record(&s, CCS, one, sizeof(one));
	add_record(&s, HANDSHAKE, encrypted, sizeof(encrypted));
	cr_expect(passes(&s, false));
	cr_expect(!passes(&s, true));
}

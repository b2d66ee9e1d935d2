/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The decoder against a second, plain one, on datagrams that are random, and on well-formed ones
 * that were damaged a little: the latter come past the first checks.
 */

#include "decoders_agree.h"
#include "random_datagram.h"

#include <criterion/criterion.h>

enum { ROUNDS = 2000000 };

Test(wire_differential, both_decoders_agree_on_everything)
{
	struct seeded_random r = seeded_random_new("wire_differential");
	unsigned reached[REFUSALS] = {0};
	struct random_datagram d;

	for (unsigned i = 0; i < ROUNDS; i++) {
		random_datagram_make(&d, &r);
		reached[decoders_agree(d.bytes, d.len)]++;
	}
	/* Else they would agree on little. */
	for (unsigned i = 0; i < REFUSALS; i++) {
		bool decided_later = i == REFUSED_text_utf8;
		bool by_decoder =
			i == REFUSED_none ||
			(refusal_layer((enum refusal)i) == REFUSAL_PAYLOAD && !decided_later);

		cr_expect(!by_decoder || reached[i] > ROUNDS / 1000, "%s reached %u times",
			refusal_name((enum refusal)i), reached[i]);
	}
}

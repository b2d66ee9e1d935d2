/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The vectorised Internet checksum against RFC 1071 as it is written, byte by byte.
 */

#include "dataplane/checksum.h"
#include "frame_builder.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <endian.h>

enum { LENGTH_MAX = 1200, ALIGNMENTS = 64 };

/* Big-endian 16-bit words, an odd byte padded with zero, each carry added back at once. */
static uint16_t plain_sum(uint16_t begin, const uint8_t *bytes, size_t len)
{
	unsigned sum = begin;

	for (size_t i = 0; i < len; i++) {
		sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return (uint16_t)sum;
}

static uint16_t fast_sum(uint16_t begin, const uint8_t *bytes, size_t len)
{
	return be16toh(checksum_fold(checksum_add(htobe16(begin), bytes, len)));
}

/* Zero and 0xffff are the same number in one's complement. */
static bool same(uint16_t a, uint16_t b)
{
	return a == b || (a % 0xffff == 0 && b % 0xffff == 0);
}

static void compare_all_lengths(const uint8_t *bytes, uint16_t begin)
{
	for (unsigned shift = 0; shift < ALIGNMENTS; shift++) {
		for (size_t len = 0; len <= LENGTH_MAX; len++) {
			uint16_t fast = fast_sum(begin, bytes + shift, len);
			uint16_t plain = plain_sum(begin, bytes + shift, len);

			cr_assert(same(fast, plain), "%zu bytes at %u: %04x, but plainly %04x", len,
				shift, fast, plain);
		}
	}
}

Test(dataplane_checksum, every_length_at_every_alignment_sums_as_the_rfc_says)
{
	struct seeded_random r = seeded_random_new("dataplane_checksum");
	static _Alignas(64) uint8_t bytes[LENGTH_MAX + ALIGNMENTS];

	random_bytes(&r, bytes, sizeof(bytes));
	compare_all_lengths(bytes, (uint16_t)random_next(&r));
}

/* All bits set: as many carries as there can be. */
Test(dataplane_checksum, no_carry_is_lost)
{
	static _Alignas(64) uint8_t bytes[LENGTH_MAX + ALIGNMENTS];

	memset(bytes, 0xff, sizeof(bytes));
	compare_all_lengths(bytes, 0xffff);
}

Test(dataplane_checksum, the_largest_packet_sums_as_the_rfc_says)
{
	static uint8_t bytes[65535];

	memset(bytes, 0xff, sizeof(bytes));
	bytes[1] = 0x12;
	cr_expect_eq(fast_sum(0, bytes, sizeof(bytes)), plain_sum(0, bytes, sizeof(bytes)));
}

Test(dataplane_checksum, every_single_byte_counts)
{
	static uint8_t bytes[LENGTH_MAX];

	for (size_t i = 0; i < LENGTH_MAX; i++) {
		bytes[i] = 0x5a;
		cr_expect_eq(
			fast_sum(0, bytes, LENGTH_MAX), i % 2 == 0 ? 0x5a00 : 0x005a, "at %zu", i);
		bytes[i] = 0;
	}
}

/* RFC 1071, section 3. */
Test(dataplane_checksum, the_example_of_the_rfc)
{
	const uint8_t example[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

	cr_expect_eq(fast_sum(0, example, sizeof(example)), 0xddf2);
}

Test(dataplane_checksum, nothing_outside_the_bytes_is_read)
{
	static const uint8_t bytes[LENGTH_MAX];

	for (size_t len = 0; len <= LENGTH_MAX; len++)
		cr_expect_eq(fast_sum(7, at_the_edge(bytes, len), len), 7);
}

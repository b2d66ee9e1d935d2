/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * packet_parse(): what real networks send is taken, anything else is refused by name.
 */

#include "dataplane/packet.h"
#include "frame_builder.h"

#include <criterion/criterion.h>
#include <string.h>

#define PAYLOAD .payload = "uproar!", .payload_len = 7
#define SET(where, at, bytes, to) \
	.layer = LAYER_##where, .offset = (at), .width = (bytes), .value = (to)

static const struct packet_rules remote = {.port = BUILT_PORT};
static const struct packet_rules local = {.port = BUILT_PORT, .partial_checksums = true};
static const struct packet_verdict unknown = {0};

struct row {
	const char *what;
	struct frame_spec spec;
	enum refusal expected;
};

static enum refusal parse(const struct built *b, const struct packet_rules *rules,
	const struct packet_verdict *verdict)
{
	const uint8_t *frame = at_the_edge(b->bytes, b->len);
	struct packet p;
	enum refusal r = packet_parse(frame, b->len, rules, verdict, &p);

	if (r == REFUSED_none) {
		cr_expect_eq(p.payload - frame, (ptrdiff_t)b->payload);
		cr_expect_eq(p.payload_len, load_be16(b->bytes + b->udp + 4) - 8);
	}
	return r;
}

static void check_rows(const struct row *rows, size_t n, const struct packet_rules *rules)
{
	for (size_t i = 0; i < n; i++) {
		struct built b;

		frame_build(&b, &rows[i].spec);
		enum refusal r = parse(&b, rules, &unknown);
		cr_expect_eq(r, rows[i].expected, "%s: %s, expected %s", rows[i].what,
			refusal_name(r), refusal_name(rows[i].expected));
	}
}

#define CHECK(rows, rules) check_rows(rows, sizeof(rows) / sizeof((rows)[0]), rules)

Test(dataplane_packet, well_formed_frames_are_taken)
{
	const struct row rows[] = {
		{"IPv4", {PAYLOAD}, REFUSED_none},
		{"IPv6", {PAYLOAD, .v6 = true}, REFUSED_none},
		{"one VLAN tag", {PAYLOAD, .tags = 1}, REFUSED_none},
		{"two VLAN tags", {PAYLOAD, .tags = 2}, REFUSED_none},
		{"two VLAN tags, IPv6", {PAYLOAD, .tags = 2, .v6 = true}, REFUSED_none},
		{"two VLAN tags, the old outer one", {PAYLOAD, .tags = 2, .outer_tag = 0x9100},
			REFUSED_none},
		{"4 bytes of IPv4 options", {PAYLOAD, .options = 4}, REFUSED_none},
		{"40 bytes of IPv4 options", {PAYLOAD, .options = 40}, REFUSED_none},
		{"Ethernet padding", {PAYLOAD, .padding = 11}, REFUSED_none},
		{"Ethernet padding, IPv6", {PAYLOAD, .v6 = true, .padding = 1}, REFUSED_none},
		{"bytes behind the UDP datagram", {PAYLOAD, .behind_udp = 5, .padding = 3},
			REFUSED_none},
		{"1 extension header", {PAYLOAD, .v6 = true, .extensions = 1}, REFUSED_none},
		{"4 extension headers", {PAYLOAD, .v6 = true, .extensions = 4}, REFUSED_none},
		{"an atomic fragment", {PAYLOAD, .v6 = true, .fragment_header = true},
			REFUSED_none},
		{"an atomic fragment behind 3 extension headers",
			{PAYLOAD, .v6 = true, .extensions = 3, .fragment_header = true},
			REFUSED_none},
		{"an atomic fragment with its reserved bits set",
			{PAYLOAD, .v6 = true, .fragment_header = true, SET(IP, 41, 3, 0xff0006)},
			REFUSED_none},
		{"no payload", {.payload = "", .payload_len = 0}, REFUSED_none},
		{"an odd payload of the largest size",
			{.payload = (uint8_t[1473]){1}, .payload_len = 1473}, REFUSED_none},
		{"no UDP checksum over IPv4", {PAYLOAD, .checksum = CHECKSUM_ZERO}, REFUSED_none},
		{"a checksum that comes out as zero and is sent as ffff",
			{.payload = "\x31\x83", .payload_len = 2}, REFUSED_none},
		{"may be fragmented, is not", {PAYLOAD, SET(IP, 6, 2, 0)}, REFUSED_none},
		{"type of service", {PAYLOAD, SET(IP, 1, 1, 0xb8)}, REFUSED_none},
		{"traffic class and flow label", {PAYLOAD, .v6 = true, SET(IP, 0, 4, 0x6fffffff)},
			REFUSED_none},
	};

	CHECK(rows, &remote);
	CHECK(rows, &local);
}

static const struct row malformed[] = {
	{"three VLAN tags", {PAYLOAD, .tags = 3}, REFUSED_vlan_depth},
	{"three VLAN tags, the old outer ones", {PAYLOAD, .tags = 3, .outer_tag = 0x9100},
		REFUSED_vlan_depth},
	{"ARP", {PAYLOAD, SET(ETHER, 12, 2, 0x0806)}, REFUSED_not_ip},
	{"a length in place of the type", {PAYLOAD, SET(ETHER, 12, 2, 60)}, REFUSED_not_ip},
	{"MPLS behind a VLAN tag", {PAYLOAD, .tags = 1, SET(ETHER, 16, 2, 0x8847)}, REFUSED_not_ip},
	{"IPv4 of version 6", {PAYLOAD, SET(IP, 0, 1, 0x65)}, REFUSED_ip_header},
	{"IPv6 of version 4", {PAYLOAD, .v6 = true, SET(IP, 0, 1, 0x45)}, REFUSED_ip_header},
	{"IPv4 header of 16 bytes", {PAYLOAD, SET(IP, 0, 1, 0x44)}, REFUSED_ip_header},
	{"IPv4 header longer than the frame", {PAYLOAD, SET(IP, 0, 1, 0x4f)}, REFUSED_ip_header},
	{"IPv4 shorter than its header", {PAYLOAD, SET(IP, 2, 2, 19)}, REFUSED_ip_length},
	{"IPv4 longer than the frame", {PAYLOAD, SET(IP, 2, 2, 36)}, REFUSED_ip_length},
	{"IPv4 longer than frame and padding", {PAYLOAD, .padding = 4, SET(IP, 2, 2, 40)},
		REFUSED_ip_length},
	{"IPv6 longer than the frame", {PAYLOAD, .v6 = true, SET(IP, 4, 2, 16)}, REFUSED_ip_length},
	{"IPv6 jumbogram", {PAYLOAD, .v6 = true, SET(IP, 4, 2, 0)}, REFUSED_ip_length},
	{"wrong IPv4 checksum", {PAYLOAD, SET(IP, 10, 2, 0x1234)}, REFUSED_ip_checksum},
	{"no IPv4 checksum", {PAYLOAD, SET(IP, 10, 2, 0)}, REFUSED_ip_checksum},
	{"5 extension headers", {PAYLOAD, .v6 = true, .extensions = 5}, REFUSED_ip_extension},
	{"extension longer than the packet",
		{PAYLOAD, .v6 = true, .extensions = 1, SET(IP, 41, 1, 2)}, REFUSED_ip_extension},
	{"extension of 2048 bytes", {PAYLOAD, .v6 = true, .extensions = 1, SET(IP, 41, 1, 255)},
		REFUSED_ip_extension},
	{"extension begins at the end of the packet",
		{PAYLOAD, .v6 = true, .extensions = 1, SET(IP, 4, 2, 7)}, REFUSED_ip_extension},
	{"first fragment", {PAYLOAD, SET(IP, 6, 2, 0x2000)}, REFUSED_ip_fragment},
	{"last fragment", {PAYLOAD, SET(IP, 6, 2, 0x0001)}, REFUSED_ip_fragment},
	{"far fragment", {PAYLOAD, SET(IP, 6, 2, 0x1000)}, REFUSED_ip_fragment},
	{"first IPv6 fragment", {PAYLOAD, .v6 = true, .fragment_header = true, .fragment = 1},
		REFUSED_ip_fragment},
	{"last IPv6 fragment", {PAYLOAD, .v6 = true, .fragment_header = true, .fragment = 8},
		REFUSED_ip_fragment},
	{"far IPv6 fragment", {PAYLOAD, .v6 = true, .fragment_header = true, .fragment = 0x8000},
		REFUSED_ip_fragment},
	{"IPv6 fragment behind 4 extension headers",
		{PAYLOAD, .v6 = true, .extensions = 4, .fragment_header = true, .fragment = 1},
		REFUSED_ip_fragment},
	{"atomic fragment behind 4 extension headers",
		{PAYLOAD, .v6 = true, .extensions = 4, .fragment_header = true},
		REFUSED_ip_extension},
	{"atomic fragment of TCP", {PAYLOAD, .v6 = true, .fragment_header = true, .protocol = 6},
		REFUSED_not_udp},
	{"fragment header cut short by IPv6",
		{PAYLOAD, .v6 = true, .fragment_header = true, SET(IP, 4, 2, 7)},
		REFUSED_ip_fragment},
	{"GRE", {PAYLOAD, .protocol = 47}, REFUSED_not_udp},
	{"IPv6 in IPv4", {PAYLOAD, .protocol = 41}, REFUSED_not_udp},
	{"authentication header", {PAYLOAD, .v6 = true, .protocol = 51}, REFUSED_not_udp},
	{"TCP", {PAYLOAD, .protocol = 6}, REFUSED_not_udp},
	{"TCP over IPv6", {PAYLOAD, .v6 = true, .protocol = 6}, REFUSED_not_udp},
	{"ICMPv6 behind 4 extension headers",
		{PAYLOAD, .v6 = true, .extensions = 4, .protocol = 58}, REFUSED_not_udp},
	{"no next header", {PAYLOAD, .v6 = true, .protocol = 59}, REFUSED_not_udp},
	{"UDP shorter than its header", {PAYLOAD, SET(UDP, 4, 2, 7)}, REFUSED_udp_length},
	{"UDP longer than the packet", {PAYLOAD, SET(UDP, 4, 2, 16)}, REFUSED_udp_length},
	{"UDP longer than the packet, within the padding",
		{PAYLOAD, .padding = 9, SET(UDP, 4, 2, 16)}, REFUSED_udp_length},
	{"UDP header cut short by IPv4", {PAYLOAD, SET(IP, 2, 2, 27)}, REFUSED_udp_length},
	{"UDP header cut short by IPv6", {PAYLOAD, .v6 = true, SET(IP, 4, 2, 7)},
		REFUSED_udp_length},
	{"another port", {PAYLOAD, .port = 7701}, REFUSED_other_port},
	{"another port, and no checksum", {PAYLOAD, .port = 7701, .checksum = CHECKSUM_WRONG},
		REFUSED_other_port},
	{"wrong UDP checksum", {PAYLOAD, .checksum = CHECKSUM_WRONG}, REFUSED_udp_checksum},
	{"wrong UDP checksum, IPv6", {PAYLOAD, .v6 = true, .checksum = CHECKSUM_WRONG},
		REFUSED_udp_checksum},
	{"no UDP checksum over IPv6", {PAYLOAD, .v6 = true, .checksum = CHECKSUM_ZERO},
		REFUSED_udp_checksum},
	{"damaged payload", {PAYLOAD, SET(UDP, 8, 1, 'U')}, REFUSED_udp_checksum},
	{"another length than was summed", {PAYLOAD, SET(UDP, 4, 2, 14)}, REFUSED_udp_checksum},
	{"another address than was summed", {PAYLOAD, SET(IP, 19, 1, 3)}, REFUSED_udp_checksum},
};

Test(dataplane_packet, malformed_frames_are_refused_by_name)
{
	CHECK(malformed, &remote);
	CHECK(malformed, &local);
}

Test(dataplane_packet, the_table_reaches_every_refusal_of_the_link)
{
	bool reached[REFUSALS] = {[REFUSED_ether_short] = true}; // by truncation, below

	for (unsigned i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		reached[malformed[i].expected] = true;
	for (unsigned r = REFUSED_none + 1; r < REFUSALS; r++)
		cr_expect(refusal_layer((enum refusal)r) != REFUSAL_LINK || reached[r], "%s",
			refusal_name((enum refusal)r));
}

Test(dataplane_packet, half_made_checksums_are_taken_from_local_senders_only)
{
	for (unsigned v6 = 0; v6 <= 1; v6++) {
		const struct frame_spec spec = {PAYLOAD, .v6 = v6, .checksum = CHECKSUM_PARTIAL};
		struct built b;

		frame_build(&b, &spec);
		cr_expect_eq(parse(&b, &local, &unknown), REFUSED_none);
		cr_expect_eq(parse(&b, &remote, &unknown), REFUSED_udp_checksum);
		/* Another value than that of the pseudo-header is wrong for everybody. */
		b.bytes[b.udp + 7] ^= 1;
		cr_expect_eq(parse(&b, &local, &unknown), REFUSED_udp_checksum);
	}
}

Test(dataplane_packet, what_the_device_found_out_is_believed)
{
	const struct row rows[] = {
		{"right", {PAYLOAD}, REFUSED_none},
		{"wrong", {PAYLOAD, .checksum = CHECKSUM_WRONG}, REFUSED_none},
		{"wrong in both", {PAYLOAD, .checksum = CHECKSUM_WRONG, SET(IP, 10, 2, 1)},
			REFUSED_none},
		{"right, IPv6", {PAYLOAD, .v6 = true}, REFUSED_none},
	};
	const struct packet_verdict good = {.ip_good = true, .udp_good = true};
	const struct packet_verdict ip_bad = {.ip_bad = true, .udp_good = true};
	const struct packet_verdict udp_bad = {.ip_good = true, .udp_bad = true};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct built b;

		frame_build(&b, &rows[i].spec);
		cr_expect_eq(parse(&b, &remote, &good), REFUSED_none, "%s", rows[i].what);
		cr_expect_eq(
			parse(&b, &remote, &udp_bad), REFUSED_udp_checksum, "%s", rows[i].what);
		cr_expect_eq(parse(&b, &remote, &ip_bad),
			rows[i].spec.v6 ? REFUSED_none : REFUSED_ip_checksum, "%s", rows[i].what);
	}
}

/* RFC 8200, section 8.1. A device that finds nothing wrong may mean that it had nothing to check.
 */
Test(dataplane_packet, udp_over_ipv6_without_a_checksum_is_refused_whatever_the_device_says)
{
	const struct frame_spec spec = {PAYLOAD, .v6 = true, .checksum = CHECKSUM_ZERO};
	const struct packet_verdict good = {.ip_good = true, .udp_good = true};
	struct built b;

	frame_build(&b, &spec);
	cr_expect_eq(parse(&b, &remote, &good), REFUSED_udp_checksum);
}

Test(dataplane_packet, every_truncation_is_refused_and_nothing_behind_it_is_read)
{
	const struct frame_spec specs[] = {
		{PAYLOAD},
		{PAYLOAD, .tags = 2, .options = 40},
		{PAYLOAD, .v6 = true},
		{PAYLOAD, .tags = 1, .v6 = true, .extensions = 4},
		{PAYLOAD, .v6 = true, .fragment_header = true},
		{PAYLOAD, .v6 = true, .extensions = 5},
		{PAYLOAD, .tags = 3},
	};

	for (unsigned i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct built b;
		struct packet p;

		frame_build(&b, &specs[i]);
		for (size_t len = 0; len < b.len; len++) {
			const uint8_t *frame = at_the_edge(b.bytes, len);
			enum refusal r = packet_parse(frame, len, &remote, &unknown, &p);

			cr_expect_neq(r, REFUSED_none, "frame %u, %zu bytes", i, len);
			if (len < 14)
				cr_expect_eq(r, REFUSED_ether_short, "frame %u, %zu bytes", i, len);
		}
	}
}

Test(dataplane_packet, padding_may_be_missing_in_part)
{
	const struct frame_spec spec = {PAYLOAD, .padding = 20};
	struct built b;

	frame_build(&b, &spec);
	for (unsigned i = 0; i <= 20; i++, b.len--)
		cr_expect_eq(parse(&b, &remote, &unknown), REFUSED_none, "%u bytes less", i);
	cr_expect_eq(parse(&b, &remote, &unknown), REFUSED_ip_length);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "plain_packet.h"

/* Protocol numbers, as IANA lists them. */
enum { HOP_BY_HOP = 0, UDP = 17, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60 };

/* A part of the frame: one header after the other is taken off its front. */
struct part {
	const uint8_t *bytes;
	size_t len;
};

struct addresses {
	const uint8_t *bytes; // both, one after the other
	size_t len;
};

static unsigned number16(const uint8_t *at)
{
	return at[0] * 256u + at[1];
}

static void take_off(struct part *part, size_t len)
{
	part->bytes += len;
	part->len -= len;
}

/* RFC 1071: 16-bit words are added, an odd byte is padded, carries go back in at the low end. */
static unsigned ones_complement_sum(unsigned sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
	while (sum > 65535)
		sum = sum % 65536 + sum / 65536;
	return sum;
}

/* IEEE 802.3, 802.1Q, 802.1ad. */
static enum refusal take_off_ether(struct part *rest, unsigned *type)
{
	unsigned tags = 0;

	if (rest->len < 14)
		return REFUSED_ether_short;
	*type = number16(rest->bytes + 12);
	take_off(rest, 14);
	while (*type == 0x8100 || *type == 0x88a8 || *type == 0x9100) {
		tags++;
		if (tags > 2)
			return REFUSED_vlan_depth;
		if (rest->len < 4)
			return REFUSED_ether_short;
		*type = number16(rest->bytes + 2);
		take_off(rest, 4);
	}
	return REFUSED_none;
}

/* RFC 791, section 3.1. */
static enum refusal take_off_ipv4(
	struct part *rest, const struct plain_surroundings *around, struct addresses *addresses)
{
	const uint8_t *header = rest->bytes;

	if (rest->len < 20 || header[0] / 16 != 4)
		return REFUSED_ip_header;
	size_t header_len = header[0] % 16 * 4u;
	size_t total_len = number16(header + 2);
	if (header_len < 20 || rest->len < header_len)
		return REFUSED_ip_header;
	if (total_len < header_len || rest->len < total_len)
		return REFUSED_ip_length;
	if (around->device_says_ip_bad)
		return REFUSED_ip_checksum;
	if (!around->device_says_ip_good && ones_complement_sum(0, header, header_len) != 65535)
		return REFUSED_ip_checksum;
	bool more_fragments = number16(header + 6) / 8192 % 2 == 1;
	unsigned offset = number16(header + 6) % 8192;
	if (more_fragments || offset > 0)
		return REFUSED_ip_fragment;
	if (header[9] != UDP)
		return REFUSED_not_udp;
	addresses->bytes = header + 12;
	addresses->len = 8;
	rest->len = total_len; // what follows pads the frame
	take_off(rest, header_len);
	return REFUSED_none;
}

/* RFC 8200, section 4; a fragment header on a whole packet is no obstacle (section 4.5). */
static enum refusal take_off_extensions(struct part *rest, unsigned next)
{
	unsigned headers = 0;

	while (next != UDP) {
		size_t len = 8;

		if (next == FRAGMENT) {
			if (rest->len < 8)
				return REFUSED_ip_fragment;
			unsigned offset = number16(rest->bytes + 2) / 8;
			bool more_fragments = number16(rest->bytes + 2) % 2 == 1;
			if (offset > 0 || more_fragments)
				return REFUSED_ip_fragment;
		} else if (next == HOP_BY_HOP || next == ROUTING || next == DESTINATION) {
			if (rest->len < 8)
				return REFUSED_ip_extension;
			len = 8 + rest->bytes[1] * 8u;
		} else {
			return REFUSED_not_udp;
		}
		headers++;
		if (headers > 4 || rest->len < len)
			return REFUSED_ip_extension;
		next = rest->bytes[0];
		take_off(rest, len);
	}
	return REFUSED_none;
}

/* RFC 8200, section 3. */
static enum refusal take_off_ipv6(struct part *rest, struct addresses *addresses)
{
	const uint8_t *header = rest->bytes;

	if (rest->len < 40 || header[0] / 16 != 6)
		return REFUSED_ip_header;
	size_t payload_len = number16(header + 4);
	if (payload_len == 0 || rest->len < 40 + payload_len)
		return REFUSED_ip_length;
	addresses->bytes = header + 8;
	addresses->len = 32;
	rest->len = 40 + payload_len;
	take_off(rest, 40);
	return take_off_extensions(rest, header[6]);
}

/* RFC 768; RFC 8200, section 8.1: over IPv6 there must be one. */
static bool udp_checksum_is_right(const uint8_t *udp, size_t len, const struct addresses *addresses,
	const struct plain_surroundings *around)
{
	unsigned field = number16(udp + 6);
	const uint8_t length_and_protocol[] = {(uint8_t)(len / 256), (uint8_t)(len % 256), 0, UDP};
	unsigned pseudo_header = ones_complement_sum(
		ones_complement_sum(0, addresses->bytes, addresses->len), length_and_protocol, 4);

	if (around->device_says_udp_bad)
		return false;
	if (field == 0)
		return addresses->len == 8;
	if (around->device_says_udp_good)
		return true;
	if (around->from_local_kernel && field == pseudo_header)
		return true;
	return ones_complement_sum(pseudo_header, udp, len) == 65535;
}

static enum refusal take_off_udp(struct part *rest, const struct addresses *addresses,
	const struct plain_surroundings *around)
{
	if (rest->len < 8)
		return REFUSED_udp_length;
	size_t len = number16(rest->bytes + 4);
	if (len < 8 || rest->len < len)
		return REFUSED_udp_length;
	if (number16(rest->bytes + 2) != around->port)
		return REFUSED_other_port;
	if (!udp_checksum_is_right(rest->bytes, len, addresses, around))
		return REFUSED_udp_checksum;
	rest->len = len;
	take_off(rest, 8);
	return REFUSED_none;
}

enum refusal plain_packet(const uint8_t *frame, size_t len, const struct plain_surroundings *around,
	struct plain_payload *out)
{
	struct part rest = {frame, len};
	struct addresses addresses;
	unsigned type;
	enum refusal r = take_off_ether(&rest, &type);

	if (r != REFUSED_none)
		return r;
	if (type == 0x0800)
		r = take_off_ipv4(&rest, around, &addresses);
	else if (type == 0x86dd)
		r = take_off_ipv6(&rest, &addresses);
	else
		r = REFUSED_not_ip;
	if (r == REFUSED_none)
		r = take_off_udp(&rest, &addresses, around);
	if (r == REFUSED_none)
		*out = (struct plain_payload){(size_t)(rest.bytes - frame), rest.len};
	return r;
}

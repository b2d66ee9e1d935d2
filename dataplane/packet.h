/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * From an Ethernet frame to the UDP payload for us: every check of a packet, in this one place, in
 * an order where nothing is read before its presence was checked. No DPDK here, so that tests and
 * fuzzers call the same code that workers run.
 *
 * Why no equality of lengths is asked for: Ethernet pads short frames, so the IP packet may be
 * shorter than the frame; and what follows the UDP datagram within the IP packet is not ours.
 */
#ifndef DATAPLANE_PACKET_H
#define DATAPLANE_PACKET_H

#include "dataplane/checksum.h"
#include "wire/bytes.h"
#include "wire/refusal.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PACKET_ETHER_LEN = 14,
	PACKET_VLAN_LEN = 4,
	PACKET_VLAN_TAGS_MAX = 2,
	PACKET_IPV4_LEN = 20,
	PACKET_IPV6_LEN = 40,
	PACKET_UDP_LEN = 8,
	PACKET_EXTENSIONS_MAX = 4,
	PACKET_PLAIN_HEADERS = PACKET_ETHER_LEN + PACKET_IPV4_LEN + PACKET_UDP_LEN,

	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_QINQ = 0x88a8,     // IEEE 802.1ad
	ETHERTYPE_QINQ_OLD = 0x9100, // the same before there was a standard; still sent
};

struct packet_rules {
	uint16_t port; // the reaction port, host order
	/*
	 * The sender's own kernel may leave the UDP checksum half made (the folded sum of the
	 * pseudo-header) when it believes that the "wire" is memory. True for lo, veth, TAP.
	 */
	bool partial_checksums;
};

/* What the device already found out. Neither: we check. */
struct packet_verdict {
	bool ip_good, ip_bad;
	bool udp_good, udp_bad;
};

struct packet {
	const uint8_t *payload;
	uint16_t payload_len;
};

/* A cursor over the frame. It only moves forward, and only over bytes that were checked. */
struct packet_cursor {
	const uint8_t *at;
	const uint8_t *end;
};

/* The IP layer as UDP needs it. */
struct packet_ip {
	uint64_t pseudo_sum; // addresses alone; length and protocol are added by udp
	bool v6;
};

static inline size_t packet_left(const struct packet_cursor *c)
{
	return (size_t)(c->end - c->at);
}

static inline bool packet_is_tag(uint16_t type)
{
	return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_QINQ_OLD;
}

static inline enum refusal packet_ether(struct packet_cursor *c, uint16_t *type)
{
	if (packet_left(c) < PACKET_ETHER_LEN)
		return REFUSED_ether_short;
	*type = load_be16(c->at + 12);
	c->at += PACKET_ETHER_LEN;
	for (unsigned tags = 0; packet_is_tag(*type); tags++) {
		if (tags == PACKET_VLAN_TAGS_MAX)
			return REFUSED_vlan_depth;
		if (packet_left(c) < PACKET_VLAN_LEN)
			return REFUSED_ether_short;
		*type = load_be16(c->at + 2);
		c->at += PACKET_VLAN_LEN;
	}
	return REFUSED_none;
}

static inline enum refusal packet_ipv4(
	struct packet_cursor *c, const struct packet_verdict *verdict, struct packet_ip *ip)
{
	const uint8_t *h = c->at;

	if (packet_left(c) < PACKET_IPV4_LEN || h[0] >> 4 != 4)
		return REFUSED_ip_header;
	size_t header_len = (size_t)(h[0] & 0x0f) * 4, total = load_be16(h + 2);
	if (header_len < PACKET_IPV4_LEN || header_len > packet_left(c))
		return REFUSED_ip_header;
	if (total < header_len || total > packet_left(c))
		return REFUSED_ip_length;
	if (verdict->ip_bad)
		return REFUSED_ip_checksum;
	if (!verdict->ip_good && checksum_fold(checksum_add(0, h, header_len)) != 0xffff)
		return REFUSED_ip_checksum;
	if ((load_be16(h + 6) & 0x3fff) != 0) // more fragments, or an offset
		return REFUSED_ip_fragment;
	if (h[9] != IPPROTO_UDP)
		return REFUSED_not_udp;
	ip->v6 = false;
	ip->pseudo_sum = checksum_add(0, h + 12, 8);
	c->at = h + header_len;
	c->end = h + total;
	return REFUSED_none;
}

/*
 * A whole packet may come with a fragment header that says so: no offset, no more fragments. It is
 * to be taken like one without (RFC 8200, section 4.5; RFC 6946).
 */
static inline bool packet_is_atomic_fragment(const struct packet_cursor *c)
{
	return packet_left(c) >= 8 && (load_be16(c->at + 2) & 0xfff9) == 0;
}

static inline enum refusal packet_ipv6_extensions(struct packet_cursor *c, uint8_t next)
{
	for (unsigned i = 0; next != IPPROTO_UDP; i++) {
		bool fragment = next == IPPROTO_FRAGMENT;
		if (fragment && !packet_is_atomic_fragment(c))
			return REFUSED_ip_fragment;
		if (!fragment && next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING &&
			next != IPPROTO_DSTOPTS)
			return REFUSED_not_udp;
		if (i == PACKET_EXTENSIONS_MAX || packet_left(c) < 8)
			return REFUSED_ip_extension;
		size_t len = fragment ? 8 : ((size_t)c->at[1] + 1) * 8;
		if (len > packet_left(c))
			return REFUSED_ip_extension;
		next = c->at[0];
		c->at += len;
	}
	return REFUSED_none;
}

/*
 * The pseudo-header has the final destination; a routing header with segments left would have
 * another one in the fixed header, but then the packet is not for us yet and its checksum fails.
 */
static inline enum refusal packet_ipv6(struct packet_cursor *c, struct packet_ip *ip)
{
	const uint8_t *h = c->at;

	if (packet_left(c) < PACKET_IPV6_LEN || h[0] >> 4 != 6)
		return REFUSED_ip_header;
	size_t len = load_be16(h + 4);
	if (len == 0 || len > packet_left(c) - PACKET_IPV6_LEN) // 0: a jumbogram
		return REFUSED_ip_length;
	ip->v6 = true;
	ip->pseudo_sum = checksum_add(0, h + 8, 32);
	c->at = h + PACKET_IPV6_LEN;
	c->end = c->at + len;
	return packet_ipv6_extensions(c, h[6]);
}

/* A device that finds nothing wrong with a checksum of zero had nothing to check. */
static inline enum refusal packet_udp_checksum(const uint8_t *h, uint16_t len,
	const struct packet_ip *ip, const struct packet_rules *rules,
	const struct packet_verdict *verdict)
{
	uint16_t field;

	memcpy(&field, h + 6, sizeof(field));
	if (verdict->udp_bad)
		return REFUSED_udp_checksum;
	if (field == 0)
		return ip->v6 ? REFUSED_udp_checksum : REFUSED_none;
	if (verdict->udp_good)
		return REFUSED_none;
	uint64_t pseudo = ip->pseudo_sum + htobe16(len) + htobe16(IPPROTO_UDP);
	if (checksum_fold(checksum_add(pseudo, h, len)) == 0xffff)
		return REFUSED_none;
	if (rules->partial_checksums && checksum_fold(pseudo) == field)
		return REFUSED_none;
	return REFUSED_udp_checksum;
}

static inline enum refusal packet_udp(struct packet_cursor *c, const struct packet_rules *rules,
	const struct packet_verdict *verdict, const struct packet_ip *ip, struct packet *out)
{
	const uint8_t *h = c->at;

	if (packet_left(c) < PACKET_UDP_LEN)
		return REFUSED_udp_length;
	uint16_t len = load_be16(h + 4);
	if (len < PACKET_UDP_LEN || len > packet_left(c))
		return REFUSED_udp_length;
	if (load_be16(h + 2) != rules->port)
		return REFUSED_other_port;
	enum refusal r = packet_udp_checksum(h, len, ip, rules, verdict);
	if (r != REFUSED_none)
		return r;
	out->payload = h + PACKET_UDP_LEN;
	out->payload_len = (uint16_t)(len - PACKET_UDP_LEN);
	return REFUSED_none;
}

/* Parses one contiguous frame, whatever it is: check after check. */
static __attribute__((noinline, unused)) enum refusal packet_parse_any(const uint8_t *frame,
	size_t len, const struct packet_rules *rules, const struct packet_verdict *verdict,
	struct packet *out)
{
	struct packet_cursor c = {.at = frame, .end = frame + len};
	struct packet_ip ip;
	uint16_t type;
	enum refusal r = packet_ether(&c, &type);

	if (r != REFUSED_none)
		return r;
	if (type == ETHERTYPE_IPV4)
		r = packet_ipv4(&c, verdict, &ip);
	else if (type == ETHERTYPE_IPV6)
		r = packet_ipv6(&c, &ip);
	else
		return REFUSED_not_ip;
	if (r != REFUSED_none)
		return r;
	return packet_udp(&c, rules, verdict, &ip, out);
}

/* A load in which byte i of memory is byte i of the value. */
static inline uint64_t packet_load(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

/*
 * Is this what nearly every frame for us is: no VLAN tag, IPv4 without options, no fragment, UDP to
 * our port, lengths that fit? The same checks as above, taken together; checksums apart.
 */
static inline __attribute__((always_inline)) bool packet_is_plain(
	const uint8_t *frame, size_t len, const struct packet_rules *rules)
{
	if (len < PACKET_PLAIN_HEADERS)
		return false;
	/* Bytes 12 to 14: type 08 00, version and header length 45. */
	uint64_t type = (packet_load(frame + 12) ^ 0x450008) & 0xffffff;
	/* Bytes 20 to 23: fragment flags and offset but for DF and the reserved bit; protocol. */
	uint64_t fragment = (packet_load(frame + 20) ^ 0x11000000) & 0xff00ff3f;
	unsigned port = load_be16(frame + 36) ^ rules->port;
	unsigned total = load_be16(frame + 16), udp = load_be16(frame + 38);

	return (type | fragment | port) == 0 && total <= len - PACKET_ETHER_LEN &&
	       udp >= PACKET_UDP_LEN && udp + PACKET_IPV4_LEN <= total;
}

/* The checksums of such a frame; those that the device found bad are dealt with elsewhere. */
static inline __attribute__((always_inline)) bool packet_plain_sums_hold(const uint8_t *frame,
	const struct packet_rules *rules, const struct packet_verdict *verdict)
{
	const uint8_t *ip = frame + PACKET_ETHER_LEN, *udp = ip + PACKET_IPV4_LEN;

	if (!verdict->ip_good && checksum_fold(checksum_add(0, ip, PACKET_IPV4_LEN)) != 0xffff)
		return false;
	if (verdict->udp_good)
		return true;
	const struct packet_ip sum = {.pseudo_sum = checksum_add(0, ip + 12, 8)};
	return packet_udp_checksum(udp, load_be16(udp + 4), &sum, rules, verdict) == REFUSED_none;
}

/* Parses one contiguous frame. REFUSED_none with *out pointing into it, or the first reason. */
static inline __attribute__((always_inline)) enum refusal packet_parse(const uint8_t *frame,
	size_t len, const struct packet_rules *rules, const struct packet_verdict *verdict,
	struct packet *out)
{
	if (__builtin_expect(packet_is_plain(frame, len, rules) &&
				     packet_plain_sums_hold(frame, rules, verdict) &&
				     !verdict->ip_bad && !verdict->udp_bad,
		    1)) {
		out->payload = frame + PACKET_PLAIN_HEADERS;
		out->payload_len = (uint16_t)(load_be16(frame + 38) - PACKET_UDP_LEN);
		return REFUSED_none;
	}
	struct packet_verdict v = *verdict;
	struct packet other;
	enum refusal r = packet_parse_any(frame, len, rules, &v, &other);
	if (r == REFUSED_none)
		*out = other;
	return r;
}

#endif

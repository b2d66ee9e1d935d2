/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/hostile.h"

#include "client/relay/inet_sum.h"
#include "client/traffic/envelope.h"
#include "client/traffic/hostile_payload.h"
#include "wire/bytes.h"

#include <string.h>

enum {
	TYPE_VLAN = 0x8100,
	TYPE_EXPERIMENT = 0x88b5,  // IEEE 802, local experiments
	PROTOCOL_EXPERIMENT = 253, // RFC 3692
	DESTINATION_OPTIONS = 60,
	FRAGMENT_HEADER = 44,
	PROTOCOL_UDP = 17,
	TAGS_TOO_MANY = TRAFFIC_VLANS_MAX + 1,
	EXTENSIONS_TOO_MANY = 5,
	LONGER_THAN_THE_FRAME = 1400,
};

/* A frame under way to its fault. */
struct victim {
	uint8_t *frame;
	uint32_t len;
	uint32_t ip_at, udp_at;
	bool v6;
};

static void set_ip_checksum(struct victim *v)
{
	uint8_t *ip = v->frame + v->ip_at;

	if (v->v6)
		return;
	store_be16(ip + 10, 0);
	store_be16(ip + 10, (uint16_t)~inet_fold(inet_sum(0, ip, 20)));
}

static void set_protocol(struct victim *v, uint8_t protocol)
{
	v->frame[v->ip_at + (v->v6 ? 6 : 9)] = protocol;
	set_ip_checksum(v);
}

static void add_tags(struct victim *v)
{
	const uint8_t tag[ENVELOPE_TAG_LEN] = {TYPE_VLAN >> 8, TYPE_VLAN & 0xff, 0, 1};

	while (v->ip_at < ENVELOPE_ETHER_LEN + TAGS_TOO_MANY * ENVELOPE_TAG_LEN) {
		envelope_insert(v->frame, &v->len, ENVELOPE_ETHER_LEN - 2, tag, sizeof(tag));
		v->ip_at += ENVELOPE_TAG_LEN;
	}
}

/* In front of UDP, which stays as it is: its checksum does not cover them. */
static void add_extension(struct victim *v, uint8_t kind, const uint8_t header[8])
{
	uint8_t *ip = v->frame + v->ip_at;

	envelope_insert(v->frame, &v->len, v->udp_at, header, 8);
	v->frame[v->udp_at] = ip[6];
	ip[6] = kind;
	store_be16(ip + 4, (uint16_t)(load_be16(ip + 4) + 8));
}

static void add_extensions(struct victim *v)
{
	const uint8_t padding[8] = {0, 0, 1, 4}; // an option PadN

	for (unsigned i = 0; i < EXTENSIONS_TOO_MANY; i++)
		add_extension(v, DESTINATION_OPTIONS, padding);
}

/* The first of several. */
static void make_fragment(struct victim *v)
{
	const uint8_t more[8] = {0, 0, 0, 1, 0, 0, 0, 1};

	if (v->v6) {
		add_extension(v, FRAGMENT_HEADER, more);
		return;
	}
	store_be16(v->frame + v->ip_at + 6, 1 << 13);
	set_ip_checksum(v);
}

static void set_ip_length(struct victim *v, uint16_t len)
{
	store_be16(v->frame + v->ip_at + (v->v6 ? 4 : 2), len);
	set_ip_checksum(v);
}

/* Nor one that says that there is none, nor one that a kernel leaves for its hardware to finish. */
static void spoil_udp_checksum(struct victim *v)
{
	uint8_t *ip = v->frame + v->ip_at, *field = v->frame + v->udp_at + 6;
	size_t addresses = v->v6 ? 32 : 8;
	uint32_t pseudo = PROTOCOL_UDP + load_be16(field - 2);
	uint16_t half = inet_fold(inet_sum(pseudo, ip + (v->v6 ? 8 : 12), addresses));
	uint16_t wrong = load_be16(field);

	do
		wrong++;
	while (wrong == 0 || wrong == half);
	store_be16(field, wrong);
}

static void cut_short(struct victim *v)
{
	store_be16(v->frame + ENVELOPE_ETHER_LEN - 2, TYPE_VLAN);
	v->len = ENVELOPE_ETHER_LEN + ENVELOPE_TAG_LEN - 1;
}

/* What is wrong with the frame around a payload without fault. */
static void spoil(struct victim *v, enum refusal reason)
{
	uint8_t *ip = v->frame + v->ip_at;

	switch (reason) {
	case REFUSED_ether_short:
		return cut_short(v);
	case REFUSED_vlan_depth:
		return add_tags(v);
	case REFUSED_not_ip:
		return store_be16(ip - 2, TYPE_EXPERIMENT);
	case REFUSED_ip_header:
		*ip = v->v6 ? 0x50 : 0x44; // version 5; a header of 16 bytes
		return set_ip_checksum(v);
	case REFUSED_ip_length:
		return set_ip_length(v, LONGER_THAN_THE_FRAME);
	case REFUSED_ip_checksum:
		ip[10] ^= 0x55;
		return;
	case REFUSED_ip_fragment:
		return make_fragment(v);
	case REFUSED_not_udp:
		return set_protocol(v, PROTOCOL_EXPERIMENT);
	case REFUSED_ip_extension:
		return add_extensions(v);
	case REFUSED_udp_length:
		return store_be16(v->frame + v->udp_at + 4, ENVELOPE_UDP_LEN - 1);
	case REFUSED_udp_checksum:
		return spoil_udp_checksum(v);
	default:
		return;
	}
}

/* Some faults only one version of IP has. */
static struct traffic_spec of_family(const struct traffic_spec *spec, enum refusal reason)
{
	struct traffic_spec s = *spec;
	bool v6 = reason == REFUSED_ip_extension || (spec->v6 && reason != REFUSED_ip_checksum);

	if (v6 != spec->v6)
		traffic_spec_use_family(&s, v6);
	if (reason == REFUSED_other_port)
		s.port ^= 1;
	return s;
}

uint32_t hostile_put(const struct traffic_spec *spec, enum refusal reason, uint64_t session,
	uint32_t host, uint16_t port, uint8_t *out)
{
	const struct traffic_spec s = of_family(spec, reason);
	const struct flow flow = envelope_flow(&s, host & envelope_host_mask(&s), port);
	uint8_t payload[HOSTILE_PAYLOAD_MAX];
	size_t len = hostile_payload(spec->first_channel, reason, session, payload);
	struct victim v = {
		.frame = out,
		.len = envelope_put(&s, &flow, payload, len, out),
		.ip_at = envelope_ip_at(&s),
		.udp_at = envelope_ip_at(&s) + envelope_ip_len(s.v6),
		.v6 = s.v6,
	};

	spoil(&v, reason);
	return v.len;
}

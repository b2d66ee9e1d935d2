/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/frames.h"

#include "client/relay/frame_build.h"
#include "client/traffic/scatter.h"
#include "dataplane/aes_cmac.h"
#include "dataplane/checksum.h"
#include "dataplane/packet.h"
#include "wire/bytes.h"
#include "wire/reaction.h"

#include <string.h>

enum {
	IP = PACKET_ETHER_LEN,
	UDP = IP + PACKET_IPV4_LEN,
	PAYLOAD = UDP + PACKET_UDP_LEN,
};

const uint8_t frames_ticket_key[WIRE_KEY_LEN] = {
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

uint64_t frames_session(uint64_t i)
{
	return scatter_shuffle(i + 1, 56); // 0 is 0 again, and no session
}

/* Scattered, for at even distances they would share few sets of the cache. */
static uint16_t channel_of(const struct bench_case *c, uint64_t random)
{
	return (uint16_t)(random % c->frames.channels * scatter_odd % c->worker.rows);
}

uint64_t frames_session_of(const struct bench_case *c, uint64_t i)
{
	return frames_session(scatter_shuffle(i, c->frames.session_bits));
}

static void put_sequenced(const struct bench_case *c, uint64_t i, struct reaction_datagram *d)
{
	unsigned bits = c->frames.session_bits;

	d->session = frames_session_of(c, i);
	d->sequence = 1 + (uint32_t)(i >> bits);
}

/* Whether it is right is for the appliance to say, which refuses wrong ones. */
AES_CMAC static void put_ticket(const struct reaction_datagram *d, uint8_t *out)
{
	uint8_t message[16] = {0}, mac[16];
	struct aes_cmac_key key;

	aes_cmac_expand(&key, frames_ticket_key);
	store_be32(out, UINT32_MAX); // never expires
	out[4] = FRAMES_TICKET_KEY_ID;
	out[5] = 0;
	store_be16(out + 6, d->channel);
	store_be56(message + 1, d->session);
	memcpy(message + 8, out, 8);
	_mm_storeu_si128((__m128i *)mac, aes_cmac(&key, _mm_loadu_si128((const __m128i *)message)));
	memcpy(out + 8, mac, 8);
}

size_t frames_payload(const struct bench_case *c, uint64_t i, uint8_t *out, size_t cap)
{
	struct reaction_datagram d = {
		.session = frames_session(i),
		.channel = channel_of(c, scatter_mix(i + 7)),
		.batches = 1,
	};
	uint8_t pairs[2 * WIRE_PAIRS_MAX], ticket[WIRE_TICKET_LEN];

	if (c->frames.session_bits > 0)
		put_sequenced(c, i, &d);
	if (c->frames.ticket) {
		put_ticket(&d, ticket);
		d.flags = REACTION_TICKET;
		d.ticket = ticket;
	}
	size_t len = reaction_put_header(out, cap, &d);
	for (unsigned j = 0; j < c->frames.reactions; j++) {
		pairs[2 * j] = (uint8_t)((scatter_mix(i) + j) % 64);
		pairs[2 * j + 1] = (uint8_t)(1 + (i + j) % 3);
	}
	return reaction_put_batch(out, cap, len, pairs, c->frames.reactions);
}

uint32_t frames_make(const struct bench_case *c, uint64_t i, uint8_t *out, size_t cap)
{
	uint8_t payload[WIRE_PAYLOAD_MAX], frame[FRAME_BUILD_MAX];
	size_t payload_len = frames_payload(c, i, payload, sizeof(payload));
	struct flow flow = {.source_port = (uint16_t)(1024 + i % 60000),
		.destination_port = WIRE_PORT_REACTIONS};

	store_be32(flow.source, 0x0a000000 | (i & 0xffffff));
	store_be32(flow.destination, 0x0a010203);
	int len = frame_build(&flow, payload, payload_len, frame);
	if (payload_len == 0 || len < 0 || (size_t)len > cap)
		return 0;
	memcpy(out, frame, (size_t)len);
	return (uint32_t)len;
}

/* RFC 1624: what changed is taken out of the sum and put in again. */
static void adjust_udp_checksum(uint8_t *frame, uint64_t was, uint64_t is)
{
	uint16_t sum;

	memcpy(&sum, frame + UDP + 6, sizeof(sum));
	sum = (uint16_t)~checksum_fold(
		(uint64_t)(uint16_t)~sum + (uint16_t)~checksum_fold(was) + is);
	sum = sum != 0 ? sum : 0xffff;
	memcpy(frame + UDP + 6, &sum, sizeof(sum));
}

void frames_renew(const struct bench_case *c, uint64_t i, uint8_t *frame)
{
	uint8_t *changes = frame + PAYLOAD + 4; // session, sequence, ticket; from an even place on
	size_t len = WIRE_HEADER_LEN - 4 + (c->frames.ticket ? WIRE_TICKET_LEN : 0);
	uint64_t was = checksum_add(0, changes, len);
	struct reaction_datagram d = {.channel = load_be16(frame + PAYLOAD + 2)};

	put_sequenced(c, i, &d);
	store_be56(changes + 1, d.session);
	store_be32(changes + 8, d.sequence);
	if (c->frames.ticket)
		put_ticket(&d, frame + PAYLOAD + WIRE_HEADER_LEN);
	adjust_udp_checksum(frame, was, checksum_add(0, changes, len));
}

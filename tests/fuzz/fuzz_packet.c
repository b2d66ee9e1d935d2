/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * An Ethernet frame, from the parser to the tallies. The first byte says what surrounds it: bit 0
 * the sender is local, bit 1 the device vouches for the IP checksum, bit 2 for the UDP checksum,
 * bits 3 and 4 it found them wrong.
 *
 * What the parser says is compared with a second one, written plainly. What it took and has a
 * header is answered, too; that must keep its promises whatever the header says.
 */

#include "dataplane/packet.h"
#include "fuzz_target.h"
#include "tests/unit/answer_promises.h"
#include "tests/unit/plain_packet.h"
#include "wire/answer.h"
#include "wire/reaction.h"

#include <string.h>

static void compare(const uint8_t *frame, size_t len, const struct packet_rules *rules,
	const struct packet_verdict *verdict, enum refusal r, const struct packet *p)
{
	const struct plain_surroundings around = {.port = rules->port,
		.from_local_kernel = rules->partial_checksums,
		.device_says_ip_good = verdict->ip_good,
		.device_says_ip_bad = verdict->ip_bad,
		.device_says_udp_good = verdict->udp_good,
		.device_says_udp_bad = verdict->udp_bad};
	struct plain_payload plain;

	CHECK(plain_packet(frame, len, &around, &plain) == r);
	CHECK(r != REFUSED_none ||
		(p->payload == frame + plain.begin && p->payload_len == plain.len));
}

static void answer(const uint8_t *frame, size_t len, const struct packet *p)
{
	const struct newest_frame none = {.len = 0};
	const struct answer_facts facts = {
		.status = (uint8_t)(len % ANSWER_STATUSES), .sequence = 5, .pace = 9};
	struct reaction_datagram d;
	struct answer_made made;

	if (reaction_decode(p->payload, p->payload_len, &d) != REFUSED_none ||
		(d.flags & REACTION_PLAIN) != 0)
		return;
	CHECK(broken_answer_promise(frame, len, (size_t)(p->payload - frame), 7700, &facts, &none,
		      &made) == NULL);
}

static enum refusal parse(const uint8_t *frame, size_t len, uint8_t surroundings)
{
	const struct packet_rules rules = {.port = 7700, .partial_checksums = surroundings & 1};
	const struct packet_verdict verdict = {.ip_good = surroundings & 2,
		.udp_good = surroundings & 4,
		.ip_bad = surroundings & 8,
		.udp_bad = surroundings & 16};
	struct packet p;
	enum refusal r = packet_parse(frame, len, &rules, &verdict, &p);

	compare(frame, len, &rules, &verdict, r, &p);
	if (r != REFUSED_none) {
		CHECK(refusal_layer(r) == REFUSAL_LINK);
		fuzz_note(r);
		return r;
	}
	CHECK(p.payload >= frame + PACKET_ETHER_LEN + PACKET_IPV4_LEN + PACKET_UDP_LEN);
	CHECK(p.payload <= frame + len && p.payload_len <= (size_t)(frame + len - p.payload));
	answer(frame, len, &p);
	return fuzz_take(p.payload, p.payload_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	uint8_t *frame = malloc(len > 1 ? len - 1 : 1); // of exactly its size
	CHECK(frame != NULL);
	memcpy(frame, data + 1, len - 1);
	parse(frame, len - 1, data[0]);
	free(frame);
	return 0;
}

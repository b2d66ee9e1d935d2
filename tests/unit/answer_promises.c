/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "answer_promises.h"

#include "plain_packet.h"
#include "wire/answer.h"
#include "wire/bytes.h"
#include "wire/reaction.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct request {
	const uint8_t *frame;
	size_t len, payload, ip;
	bool v6;
	size_t payload_len;
	unsigned port;
};

static struct request read_request(const uint8_t *frame, size_t len, size_t payload, unsigned port)
{
	struct request r = {.frame = frame, .len = len, .payload = payload, .ip = 14, .port = port};
	unsigned type;

	for (; (type = load_be16(frame + r.ip - 2)) != 0x0800 && type != 0x86dd; r.ip += 4)
		;
	r.v6 = type == 0x86dd;
	r.payload_len = load_be16(frame + payload - 4) - 8u;
	return r;
}

static bool is_host_v4(const uint8_t *at)
{
	in_addr_t a = load_be32(at);

	return a >> 24 != 0 && !IN_MULTICAST(a) && !IN_BADCLASS(a) && a != INADDR_BROADCAST;
}

static bool is_host_v6(const uint8_t *at)
{
	struct in6_addr a;

	memcpy(&a, at, sizeof(a));
	return !IN6_IS_ADDR_UNSPECIFIED(&a) && !IN6_IS_ADDR_MULTICAST(&a) &&
	       !IN6_IS_ADDR_V4MAPPED(&a) && !IN6_IS_ADDR_V4COMPAT(&a);
}

static bool may_be_answered(const struct request *r)
{
	unsigned source_port = load_be16(r->frame + r->payload - 8);
	const uint8_t *ip = r->frame + r->ip;

	if (source_port == 0 || source_port == r->port || r->frame[0] % 2 || r->frame[6] % 2)
		return false;
	return r->v6 ? is_host_v6(ip + 8) && is_host_v6(ip + 24)
		     : is_host_v4(ip + 12) && is_host_v4(ip + 16);
}

static bool sides_changed(const struct request *r, const uint8_t *after)
{
	const uint8_t *was = r->frame + r->ip, *is = after + r->ip;
	size_t at = r->v6 ? 8 : 12, len = r->v6 ? 16 : 4;

	return memcmp(was + at, is + at + len, len) == 0 &&
	       memcmp(was + at + len, is + at, len) == 0 && memcmp(r->frame, after + 6, 6) == 0 &&
	       memcmp(r->frame + 6, after, 6) == 0 &&
	       memcmp(r->frame + 12, after + 12, r->ip - 12) == 0 &&
	       memcmp(r->frame + r->payload - 8, after + r->payload - 6, 2) == 0;
}

static const char *check_payload(const struct request *r, const uint8_t *payload, size_t len,
	const struct answer_facts *facts, const struct newest_frame *newest, bool has_frame)
{
	const uint8_t *asked = r->frame + r->payload;
	bool wanted = (asked[1] & REACTION_FRAME) != 0 && facts->slot != NULL && newest->len != 0;
	bool room = ANSWER_HEAD_LEN + newest->len <= r->payload_len;
	struct answer a;

	if (len > r->payload_len)
		return "longer than what was asked";
	if (answer_decode(payload, len, &a) < 0)
		return "no answer";
	if (a.session != load_be56(asked + 5) || a.channel != load_be16(asked + 2) ||
		a.status != facts->status || a.pace != facts->pace)
		return "another session, channel, status or pace";
	if (a.sequence !=
		(facts->status == ANSWER_NOTHING ? facts->sequence : load_be32(asked + 12)))
		return "another sequence";
	if (a.has_frame != (wanted && room) || a.too_short != (wanted && !room) ||
		has_frame != a.has_frame)
		return "a frame that there should not be, or none";
	if (a.has_frame &&
		(len != ANSWER_HEAD_LEN + newest->len ||
			memcmp(payload + ANSWER_HEAD_LEN, newest->bytes, newest->len) != 0))
		return "another frame";
	return NULL;
}

static const char *check_whole(const struct request *r, const uint8_t *after,
	const struct answer_made *made, const struct answer_facts *facts,
	const struct newest_frame *newest)
{
	const struct plain_surroundings around = {.port = load_be16(r->frame + r->payload - 8)};
	struct plain_payload p;

	if (!may_be_answered(r))
		return "answered to where none may go";
	if (made->len > r->len)
		return "a longer frame";
	if (plain_packet(after, made->len, &around, &p) != REFUSED_none || p.begin != r->payload)
		return "not a whole packet to the port that asked";
	if (!sides_changed(r, after))
		return "not the other way round";
	for (size_t i = p.begin + p.len; i < made->len; i++) {
		if (after[i] != 0 || made->len > 60)
			return "something behind the packet";
	}
	return check_payload(r, after + p.begin, p.len, facts, newest, made->has_frame);
}

const char *broken_answer_promise(const uint8_t *frame, size_t len, size_t payload, unsigned port,
	const struct answer_facts *facts, const struct newest_frame *newest,
	struct answer_made *made)
{
	const struct request r = read_request(frame, len, payload, port);
	uint8_t *after = malloc(len); // of exactly its size
	const char *broken;

	if (after == NULL)
		return "no memory";
	memcpy(after, frame, len);
	*made = answer_frame_make(after, len, (uint16_t)port, facts);
	if (made->len != 0)
		broken = check_whole(&r, after, made, facts, newest);
	else
		broken = memcmp(frame, after, len) == 0 ? NULL : "changed, but not answered";
	free(after);
	return broken;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The relay's frames, read back by an independent parser with a checksum of its own. */

#include "client/relay/frame_read.h"
#include "client/relay/viewer_flow.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>

/*
 * RFC 1071 another way than the code under test: byte by byte into two columns, the carry taken
 * round at once. A range that holds a right checksum sums up to 0xffff.
 */
static unsigned column_sum(unsigned s, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		s += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
		if (s > 0xffff)
			s = s - 0xffff;
	}
	return s;
}

static uint8_t frame[FRAME_BUILD_MAX];
static uint8_t payload[FRAME_PAYLOAD_MAX_V4 + 1];

static struct flow flow_v4(void)
{
	struct flow f = {.source_port = 54321, .destination_port = 7700};

	inet_pton(AF_INET, "10.20.30.40", f.source);
	inet_pton(AF_INET, "127.0.0.1", f.destination);
	return f;
}

static struct flow flow_v6(void)
{
	struct flow f = {.v6 = true, .source_port = 54321, .destination_port = 7700};

	inet_pton(AF_INET6, "2001:db8::20:30", f.source);
	inet_pton(AF_INET6, "::1", f.destination);
	return f;
}

static void fill(unsigned seed, size_t len)
{
	for (size_t i = 0; i < len; i++)
		payload[i] = (uint8_t)((i * 7 + seed) ^ (i >> 3));
}

static void expect_v4(const struct flow *f, size_t len)
{
	size_t whole = 14 + 20 + 8 + len;
	int got = frame_build(f, payload, len, frame);
	struct iphdr ip;
	struct udphdr udp;
	uint8_t pseudo[12];

	cr_assert_eq(got, whole < 60 ? 60 : (int)whole, "%zu", len);
	cr_expect_eq(frame[12] << 8 | frame[13], 0x0800);
	memcpy(&ip, frame + 14, sizeof(ip));
	memcpy(&udp, frame + 34, sizeof(udp));
	cr_expect_eq(ip.version, 4);
	cr_expect_eq(ip.ihl, 5);
	cr_expect_eq(ntohs(ip.tot_len), 28 + len);
	cr_expect_eq(ip.protocol, IPPROTO_UDP);
	cr_expect_eq(ntohs(ip.frag_off) & 0x3fff, 0);
	cr_expect_gt(ip.ttl, 1);
	cr_expect_eq(column_sum(0, frame + 14, 20), 0xffff);
	cr_expect_arr_eq(&ip.saddr, f->source, 4);
	cr_expect_arr_eq(&ip.daddr, f->destination, 4);
	cr_expect_eq(ntohs(udp.source), f->source_port);
	cr_expect_eq(ntohs(udp.dest), f->destination_port);
	cr_expect_eq(ntohs(udp.len), 8 + len);
	cr_expect_neq(udp.check, 0);
	memcpy(pseudo, frame + 26, 8);
	memcpy(pseudo + 8, (uint8_t[]){0, 17, (uint8_t)((8 + len) >> 8), (uint8_t)(8 + len)}, 4);
	cr_expect_eq(
		column_sum(column_sum(0, pseudo, 12), frame + 34, 8 + len), 0xffff, "%zu", len);
	cr_expect_eq(memcmp(frame + 42, payload, len), 0);
	for (int i = (int)whole; i < got; i++)
		cr_expect_eq(frame[i], 0);
}

static void expect_v6(const struct flow *f, size_t len)
{
	int got = frame_build(f, payload, len, frame);
	struct ip6_hdr ip;
	struct udphdr udp;
	uint8_t pseudo[40] = {0};

	cr_assert_eq(got, 14 + 40 + 8 + (int)len, "%zu", len);
	cr_expect_eq(frame[12] << 8 | frame[13], 0x86dd);
	memcpy(&ip, frame + 14, sizeof(ip));
	memcpy(&udp, frame + 54, sizeof(udp));
	cr_expect_eq(ntohl(ip.ip6_flow) >> 28, 6);
	cr_expect_eq(ntohs(ip.ip6_plen), 8 + len);
	cr_expect_eq(ip.ip6_nxt, IPPROTO_UDP);
	cr_expect_gt(ip.ip6_hlim, 1);
	cr_expect_arr_eq(&ip.ip6_src, f->source, 16);
	cr_expect_arr_eq(&ip.ip6_dst, f->destination, 16);
	cr_expect_eq(ntohs(udp.source), f->source_port);
	cr_expect_eq(ntohs(udp.len), 8 + len);
	cr_expect_neq(udp.check, 0);
	memcpy(pseudo, frame + 22, 32);
	pseudo[34] = (uint8_t)((8 + len) >> 8);
	pseudo[35] = (uint8_t)(8 + len);
	pseudo[39] = IPPROTO_UDP;
	cr_expect_eq(
		column_sum(column_sum(0, pseudo, 40), frame + 54, 8 + len), 0xffff, "%zu", len);
	cr_expect_eq(memcmp(frame + 62, payload, len), 0);
}

Test(client_frame_build, every_length_is_right_to_the_last_byte)
{
	struct flow v4 = flow_v4(), v6 = flow_v6();

	for (size_t len = 0; len <= FRAME_PAYLOAD_MAX_V4; len++) {
		fill((unsigned)len, len);
		expect_v4(&v4, len);
		if (len <= FRAME_PAYLOAD_MAX_V6)
			expect_v6(&v6, len);
	}
}

Test(client_frame_build, a_checksum_of_zero_is_sent_as_all_ones)
{
	struct flow v4 = flow_v4(), v6 = flow_v6();
	unsigned zeros = 0;

	for (unsigned i = 0; i <= 0xffff; i++) { // one of these makes the sum come out as 0
		payload[0] = (uint8_t)(i >> 8);
		payload[1] = (uint8_t)i;
		frame_build(&v4, payload, 2, frame);
		zeros += frame[40] == 0xff && frame[41] == 0xff;
		cr_assert(frame[40] != 0 || frame[41] != 0);
		frame_build(&v6, payload, 2, frame);
		cr_assert(frame[60] != 0 || frame[61] != 0);
	}
	cr_expect_geq(zeros, 1);
}

Test(client_frame_build, what_does_not_fit_is_refused)
{
	struct flow v4 = flow_v4(), v6 = flow_v6();

	cr_expect_eq(frame_build(&v4, payload, FRAME_PAYLOAD_MAX_V4 + 1, frame), -EMSGSIZE);
	cr_expect_eq(frame_build(&v6, payload, FRAME_PAYLOAD_MAX_V6 + 1, frame), -EMSGSIZE);
	cr_expect_eq(frame_build(&v4, payload, FRAME_PAYLOAD_MAX_V4, frame), FRAME_BUILD_MAX);
	cr_expect_eq(frame_build(&v6, payload, FRAME_PAYLOAD_MAX_V6, frame), FRAME_BUILD_MAX);
}

Test(client_frame_build, viewers_look_like_a_crowd)
{
	static uint8_t ports[65536];
	unsigned v6 = 0, different = 0;

	for (uint32_t viewer = 0; viewer < 3000; viewer++) {
		struct flow f, again;

		viewer_flow(viewer, 7700, &f);
		viewer_flow(viewer, 7700, &again);
		cr_assert_eq(memcmp(&f, &again, sizeof(f)), 0, "a viewer keeps its address");
		cr_assert_eq(f.destination_port, 7700);
		cr_assert_geq(f.source_port, 32768);
		different += ports[f.source_port]++ == 0;
		v6 += f.v6;
		if (f.v6)
			cr_assert_eq(memcmp(f.source, "\x20\x01\x0d\xb8", 4), 0);
		else
			cr_assert_eq(f.source[0], 10);
	}
	cr_expect_eq(v6, 1000);
	cr_expect_gt(different, 2500);
}

static bool same_flow(const struct flow *a, const struct flow *b)
{
	return a->v6 == b->v6 && a->source_port == b->source_port &&
	       a->destination_port == b->destination_port &&
	       memcmp(a->source, b->source, 16) == 0 &&
	       memcmp(a->destination, b->destination, 16) == 0;
}

/* Any byte that is changed is noticed, but for those that say nothing: MACs, TOS, hops, padding. */
Test(client_frame_read, what_was_built_is_read_and_what_was_damaged_is_not)
{
	const struct flow flows[] = {flow_v4(), flow_v6()};

	for (unsigned v6 = 0; v6 < 2; v6++) {
		for (size_t n = 0; n < 300; n += 7) {
			struct frame_payload p;
			struct flow f;

			fill((unsigned)n, n);
			size_t len = (size_t)frame_build(&flows[v6], payload, n, frame);
			cr_assert_eq(frame_read(frame, len, &f, &p), 0);
			cr_assert(same_flow(&f, &flows[v6]) && p.len == n);
			cr_assert_eq(memcmp(p.bytes, payload, n), 0);
			size_t whole = (size_t)(p.bytes - frame) + n;
			for (size_t cut = 0; cut < whole; cut++)
				cr_assert_eq(frame_read(frame, cut, &f, &p), -EINVAL, "%zu", cut);
			for (size_t at = whole - n - 8; at < whole; at++) {
				frame[at] ^= 0x41;
				cr_assert_eq(frame_read(frame, len, &f, &p), -EINVAL, "%zu", at);
				frame[at] ^= 0x41;
			}
		}
	}
}

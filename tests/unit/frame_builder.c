/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "frame_builder.h"

#include "wire/bytes.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>

/* RFC 1071 as it is written: 16-bit words, big-endian, carries added back. */
static uint32_t add_words(uint32_t sum, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)p[i] << 8 | (i + 1 < len ? p[i + 1] : 0);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void put_ether(struct built *b, const struct frame_spec *s)
{
	memcpy(b->bytes, "\x02\0\0\0\0\1\x02\0\0\0\0\2", 12);
	b->len = 12;
	for (unsigned i = 0; i < s->tags; i++, b->len += 4) {
		store_be16(b->bytes + b->len, i + 1 == s->tags    ? 0x8100
					      : s->outer_tag != 0 ? s->outer_tag
								  : 0x88a8);
		store_be16(b->bytes + b->len + 2, (uint16_t)(100 + i));
	}
	store_be16(b->bytes + b->len, s->v6 ? 0x86dd : 0x0800);
	b->len += 2;
	b->ip = b->len;
}

static void put_ipv4(struct built *b, const struct frame_spec *s, size_t rest)
{
	uint8_t *h = b->bytes + b->len;

	h[0] = (uint8_t)(0x40 | (20 + s->options) / 4);
	store_be16(h + 2, (uint16_t)(20 + s->options + rest));
	store_be16(h + 6, 0x4000); // do not fragment
	h[8] = 64;
	h[9] = s->protocol != 0 ? s->protocol : IPPROTO_UDP;
	memcpy(h + 12, "\x0a\0\0\1\x0a\0\0\2", 8);
	memset(h + 20, 1, s->options); // no operation
	b->len += 20 + s->options;
}

static void put_extension(struct built *b, unsigned units, uint8_t next)
{
	uint8_t *h = b->bytes + b->len;

	h[0] = next;
	h[1] = (uint8_t)(units - 1);
	h[2] = 1; // PadN
	h[3] = (uint8_t)(8 * units - 4);
	b->len += 8 * units;
}

static void put_ipv6(struct built *b, const struct frame_spec *s, size_t rest)
{
	uint8_t last = s->protocol != 0 ? s->protocol : IPPROTO_UDP;
	uint8_t behind = s->fragment_header ? IPPROTO_FRAGMENT : last;
	uint8_t *h = b->bytes + b->len;

	h[0] = 0x60;
	h[6] = s->extensions > 0 ? IPPROTO_DSTOPTS : behind;
	h[7] = 64;
	memcpy(h + 8, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 32);
	b->len += 40;
	for (unsigned i = 0; i < s->extensions; i++)
		put_extension(b, i + 1, i + 1 < s->extensions ? IPPROTO_DSTOPTS : behind);
	if (s->fragment_header) {
		b->bytes[b->len] = last;
		store_be16(b->bytes + b->len + 2, s->fragment);
		b->len += 8;
	}
	store_be16(h + 4, (uint16_t)(b->len - b->ip - 40 + rest));
}

/* Of the pseudo-header: addresses, length, protocol. */
static uint32_t pseudo_sum(const struct built *b, const struct frame_spec *s, size_t udp_len)
{
	const uint8_t *ip = b->bytes + b->ip;
	uint32_t sum = s->v6 ? add_words(0, ip + 8, 32) : add_words(0, ip + 12, 8);

	return add_words(sum + (uint32_t)udp_len + IPPROTO_UDP, NULL, 0);
}

static uint16_t udp_checksum(const struct built *b, const struct frame_spec *s, size_t udp_len)
{
	uint32_t pseudo = pseudo_sum(b, s, udp_len);
	uint16_t right = (uint16_t)~add_words(pseudo, b->bytes + b->udp, udp_len);

	switch (s->checksum) {
	case CHECKSUM_ZERO:
		return 0;
	case CHECKSUM_WRONG:
		return (uint16_t)(right + 1) != 0 ? (uint16_t)(right + 1) : 1;
	case CHECKSUM_PARTIAL:
		return (uint16_t)pseudo;
	case CHECKSUM_RIGHT:
		break;
	}
	return right != 0 ? right : 0xffff;
}

static void put_udp(struct built *b, const struct frame_spec *s)
{
	uint8_t *h = b->bytes + b->len;

	b->udp = b->len;
	b->payload = b->udp + 8;
	store_be16(h, 40000);
	store_be16(h + 2, s->port != 0 ? s->port : BUILT_PORT);
	store_be16(h + 4, (uint16_t)(8 + s->payload_len));
	memcpy(h + 8, s->payload, s->payload_len);
	b->len += 8 + s->payload_len;
	store_be16(h + 6, udp_checksum(b, s, 8 + s->payload_len));
}

static void overwrite(struct built *b, const struct frame_spec *s)
{
	size_t at = s->layer == LAYER_IP ? b->ip : s->layer == LAYER_UDP ? b->udp : 0;

	for (unsigned i = 0; s->layer != LAYER_NONE && i < s->width; i++)
		b->bytes[at + s->offset + i] = (uint8_t)(s->value >> 8 * (s->width - 1 - i));
}

void frame_build(struct built *b, const struct frame_spec *s)
{
	size_t rest = 8 + s->payload_len + s->behind_udp;

	memset(b, 0, sizeof(*b));
	put_ether(b, s);
	if (s->v6)
		put_ipv6(b, s, rest);
	else
		put_ipv4(b, s, rest);
	size_t ip_header_len = b->len - b->ip;
	put_udp(b, s);
	memset(b->bytes + b->len, 0xee, s->behind_udp + s->padding);
	b->len += s->behind_udp + s->padding;
	overwrite(b, s);
	if (!s->v6 && !(s->layer == LAYER_IP && s->offset == 10))
		store_be16(b->bytes + b->ip + 10,
			(uint16_t)~add_words(0, b->bytes + b->ip, ip_header_len));
}

const uint8_t *at_the_edge(const void *bytes, size_t len)
{
	enum { PAGE = 4096, PAGES = 17 };
	static uint8_t *memory;

	if (memory == NULL) {
		memory = mmap(NULL, (PAGES + 1) * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		mprotect(memory + PAGES * PAGE, PAGE, PROT_NONE);
	}
	uint8_t *copy = memory + PAGES * PAGE - len;
	memcpy(copy, bytes, len);
	return copy;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The rival: what a worker does for an IPv4 datagram with one batch, as an XDP program that counts
 * into maps of its own core. Four programs:
 *
 *   empty      nothing
 *   count      parses, checks and counts
 *   generate   writes the next session and sequence into the frame, and nothing more
 *   sequence   does the same, then parses, checks, claims (session, sequence) and counts
 *
 * BPF_PROG_TEST_RUN runs a program over one frame again and again. So the frame lies in the first
 * cache, and so do the tallies of its channel; where sessions matter the program must make another
 * one each time by itself, and what that costs is measured by `generate`.
 *
 * Whatever could be done more cheaply here than in the worker is: no VLAN tags, no IPv6, no
 * answers; a session's slot is a product away, no two sessions share one, and all are there.
 */

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "perf/xdp/settings.h"

#define ODD 0x9e3779b97f4a7c15ull

const volatile struct xdp_count_settings settings;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XDP_COUNT_CHANNELS);
	__type(key, __u32);
	__type(value, struct xdp_count_row);
} rows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xdp_count_stats);
} stats SEC(".maps");

/* Filled by the loader, which maps it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xdp_count_session);
} sessions SEC(".maps");

struct header {
	__u8 magic, version_flags;
	__be16 channel;
	__u8 batches;
	__u8 session[7];
	__be32 sequence;
} __attribute__((packed));

static __always_inline __u64 session_of(const struct header *h)
{
	__u64 who = 0;

#pragma unroll
	for (int i = 0; i < 7; i++)
		who = who << 8 | h->session[i];
	return who;
}

/* The header of the one datagram that we take, or NULL. *len: of the payload. */
static __always_inline struct header *parse(struct xdp_md *ctx, __u32 *len)
{
	void *at = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *ether = at;
	struct iphdr *ip = (void *)(ether + 1);

	if ((void *)(ip + 1) > end || ether->h_proto != bpf_htons(ETH_P_IP))
		return 0;
	__u32 total = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || ip->ihl != 5 || total < sizeof(*ip) ||
		total > (__u32)(end - (void *)ip) || (ip->frag_off & bpf_htons(0x3fff)) != 0 ||
		ip->protocol != IPPROTO_UDP)
		return 0;
	struct udphdr *udp = (void *)(ip + 1);
	if ((void *)(udp + 1) > end)
		return 0;
	__u32 udp_len = bpf_ntohs(udp->len);
	if (udp_len < sizeof(*udp) + sizeof(struct header) || udp_len > total - sizeof(*ip) ||
		udp->dest != bpf_htons(XDP_COUNT_PORT))
		return 0;
	struct header *h = (void *)(udp + 1);
	if ((void *)(h + 1) > end)
		return 0;
	*len = udp_len - sizeof(*udp);
	return h;
}

/* One batch, without a ticket, text or a wish. */
static __always_inline int header_good(const struct header *h)
{
	return h->magic == 0xfa && h->version_flags == 0x10 && h->batches == 1 &&
	       session_of(h) != 0;
}

/* Every count is at least 1, every id known and only once there. */
static __always_inline int pairs_good(const __u8 *pairs, __u32 n, void *end)
{
	__u64 seen = 0;

	for (__u32 i = 0; i < XDP_COUNT_PAIRS; i++) {
		if (i >= n)
			break;
		const __u8 *pair = pairs + 2 * i;
		if ((void *)(pair + 2) > end)
			return 0;
		if (pair[0] >= XDP_COUNT_REACTIONS || pair[1] == 0 || (seen >> pair[0] & 1) != 0)
			return 0;
		seen |= 1ull << pair[0];
	}
	return 1;
}

/* The batch ends where the payload ends. Its pairs and how many, or NULL. */
static __always_inline const __u8 *batch(const struct header *h, __u32 len, void *end, __u32 *n)
{
	const __u8 *at = (const void *)(h + 1);

	if ((void *)(at + 1) > end)
		return 0;
	*n = at[0];
	if (*n == 0 || *n > XDP_COUNT_PAIRS || len != sizeof(*h) + 1 + 2 * *n)
		return 0;
	return pairs_good(at + 1, *n, end) ? at + 1 : 0;
}

static __always_inline __u64 add(struct xdp_count_row *row, const __u8 *pairs, __u32 n, void *end)
{
	__u64 taps = 0;

	for (__u32 i = 0; i < XDP_COUNT_PAIRS; i++) {
		if (i >= n)
			break;
		const __u8 *pair = pairs + 2 * i;
		if ((void *)(pair + 2) > end)
			break;
		row->taps[pair[0] % XDP_COUNT_REACTIONS] += pair[1];
		taps += pair[1];
	}
	return taps;
}

static __always_inline __u32 slot_of(__u64 session)
{
	return (__u32)(session * ODD) & ((1u << settings.session_bits) - 1);
}

/* Does the (session, sequence) count? Marks it as counted. */
static __always_inline int claim(const struct header *h)
{
	__u64 who = session_of(h);
	__u32 at = slot_of(who), sequence = bpf_ntohl(h->sequence);
	struct xdp_count_session *slot = bpf_map_lookup_elem(&sessions, &at);

	if (!slot || slot->who != who)
		return 0;
	__u64 seen = slot->seen, becomes;
	__u32 newest = seen >> 32, window = (__u32)seen;
	if (sequence > newest) {
		__u32 ahead = sequence - newest;
		window = ahead < 32 ? window << ahead | 1 : 1;
		newest = sequence;
	} else {
		__u32 behind = newest - sequence;
		if (behind >= 32 || (window >> behind & 1) != 0)
			return 0;
		window |= 1u << behind;
	}
	becomes = (__u64)newest << 32 | window;
	return __sync_val_compare_and_swap(&slot->seen, seen, becomes) == seen;
}

static __always_inline int take(struct xdp_md *ctx, struct xdp_count_stats *s, int sequenced)
{
	void *end = (void *)(long)ctx->data_end;
	__u32 len, n;
	struct header *h = parse(ctx, &len);

	if (!h || !header_good(h))
		return 0;
	const __u8 *pairs = batch(h, len, end, &n);
	if (!pairs)
		return 0;
	__u32 channel = bpf_ntohs(h->channel);
	struct xdp_count_row *row = bpf_map_lookup_elem(&rows, &channel);
	if (!row || (sequenced && !claim(h)))
		return 0;
	s->taps += add(row, pairs, n, end);
	s->batches++;
	return 1;
}

static __always_inline int account(struct xdp_md *ctx, struct xdp_count_stats *s, int sequenced)
{
	s->rx++;
	s->bytes += ctx->data_end - ctx->data;
	if (take(ctx, s, sequenced))
		s->accepted++;
	else
		s->refused++;
	return XDP_DROP;
}

/* Numbers below 2^session_bits in an order without pattern, each once before any comes again. */
static __always_inline void next_session(struct header *h, struct xdp_count_stats *s)
{
	__u32 bits = settings.session_bits;
	__u64 mask = (1ull << bits) - 1, i = s->next_session++, x = i & mask;

	x = (x * ODD) & mask;
	x ^= x >> (bits / 2);
	x = ((x * ODD) & mask) + 1;
	h->sequence = bpf_htonl(2 + (__u32)(i >> bits));
#pragma unroll
	for (int b = 0; b < 7; b++)
		h->session[b] = x >> (8 * (6 - b));
}

static __always_inline struct xdp_count_stats *my_stats(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&stats, &zero);
}

SEC("xdp")
int empty(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("xdp")
int count(struct xdp_md *ctx)
{
	struct xdp_count_stats *s = my_stats();

	return s ? account(ctx, s, 0) : XDP_PASS;
}

static __always_inline int generated(struct xdp_md *ctx, struct xdp_count_stats *s)
{
	struct header *h = (void *)(long)ctx->data + sizeof(struct ethhdr) + sizeof(struct iphdr) +
			   sizeof(struct udphdr);

	if ((void *)(h + 1) > (void *)(long)ctx->data_end)
		return 0;
	next_session(h, s);
	return 1;
}

SEC("xdp")
int generate(struct xdp_md *ctx)
{
	struct xdp_count_stats *s = my_stats();

	return s && generated(ctx, s) ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int sequence(struct xdp_md *ctx)
{
	struct xdp_count_stats *s = my_stats();

	return s && generated(ctx, s) ? account(ctx, s, 1) : XDP_PASS;
}

char program_license[] SEC("license") = "BSD";

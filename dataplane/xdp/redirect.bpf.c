/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Redirects UDP datagrams to the reaction port, and nothing else, to the AF_XDP socket of their
 * queue; all other traffic of the interface stays with the kernel. DPDK's AF_XDP driver loads and
 * attaches this program (it wants a map named xsks_map); dataplane/xdp_program.c finds it by its
 * name, tells it the port and reads its counter.
 *
 * What it cannot follow (fragments, more than two VLAN tags, long chains of IPv6 extension headers)
 * it leaves to the kernel.
 */

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "dataplane/xdp/settings.h"

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, XDP_QUEUES_MAX);
	__type(key, __u32);
	__type(value, __u32);
} xsks_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xdp_settings);
} uproar_settings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} uproar_count SEC(".maps");

struct vlan_tag {
	__be16 tci;
	__be16 type;
};

struct extension {
	__u8 next;
	__u8 length; // in 8 bytes, the first 8 not counted; of a fragment header nothing
	__be16 fragment;
};

/* What switches sent before 802.1ad gave them a type of their own. */
#define ETH_P_QINQ_OLD 0x9100

/* Moves over n bytes if they are there. */
static __always_inline int skip(void **at, void *end, __u64 n)
{
	if (*at + n > end)
		return 0;
	*at += n;
	return 1;
}

static __always_inline int ipv4_payload(void **at, void *end)
{
	struct iphdr *ip = *at;

	if (!skip(at, end, sizeof(*ip)))
		return 0;
	if (ip->ihl < 5 || ip->protocol != IPPROTO_UDP || (ip->frag_off & bpf_htons(0x3fff)) != 0)
		return 0;
	return skip(at, end, (ip->ihl - 5) * 4);
}

static __always_inline int ipv6_payload(void **at, void *end)
{
	struct ipv6hdr *ip = *at;
	__u8 next;

	if (!skip(at, end, sizeof(*ip)))
		return 0;
	next = ip->nexthdr;
#pragma unroll
	for (int i = 0; i < XDP_IPV6_EXTENSIONS; i++) {
		int fragment = next == IPPROTO_FRAGMENT;
		if (!fragment && next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING &&
			next != IPPROTO_DSTOPTS)
			break;
		struct extension *ext = *at;
		if ((void *)(ext + 1) > end)
			return 0;
		if (fragment && (ext->fragment & bpf_htons(0xfff9)) != 0)
			return 0;
		next = ext->next;
		if (!skip(at, end, fragment ? 8 : ((__u64)ext->length + 1) * 8))
			return 0;
	}
	return next == IPPROTO_UDP;
}

static __always_inline int is_for(__be16 port, void *at, void *end)
{
	struct ethhdr *ether = at;
	__be16 type;

	if (!skip(&at, end, sizeof(*ether)))
		return 0;
	type = ether->h_proto;
#pragma unroll
	for (int i = 0; i < 2; i++) {
		if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD) &&
			type != bpf_htons(ETH_P_QINQ_OLD))
			break;
		struct vlan_tag *tag = at;
		if (!skip(&at, end, sizeof(*tag)))
			return 0;
		type = tag->type;
	}
	if (type == bpf_htons(ETH_P_IP)) {
		if (!ipv4_payload(&at, end))
			return 0;
	} else if (type == bpf_htons(ETH_P_IPV6)) {
		if (!ipv6_payload(&at, end))
			return 0;
	} else {
		return 0;
	}
	struct udphdr *udp = at;
	return skip(&at, end, sizeof(*udp)) && udp->dest == port;
}

SEC("xdp")
int uproar_redirect(struct xdp_md *ctx)
{
	__u32 zero = 0;
	struct xdp_settings *settings = bpf_map_lookup_elem(&uproar_settings, &zero);
	int action;

	if (!settings || settings->port == 0)
		return XDP_PASS;
	if (!is_for(settings->port, (void *)(long)ctx->data, (void *)(long)ctx->data_end))
		return XDP_PASS;
	action = bpf_redirect_map(&xsks_map, ctx->rx_queue_index, XDP_PASS);
	if (action == XDP_REDIRECT) {
		__u64 *count = bpf_map_lookup_elem(&uproar_count, &zero);
		if (count)
			*count += 1;
	}
	return action;
}

char program_license[] SEC("license") = "BSD";

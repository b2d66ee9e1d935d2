/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Default routes in the kernel's answers. */

#include "hugepages/host/route_dump.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

struct answer {
	_Alignas(struct nlmsghdr) char bytes[1024];
	size_t len;
};

struct seen {
	unsigned interfaces[8], n;
};

static void see(void *context, unsigned interface)
{
	struct seen *s = context;

	if (s->n < 8)
		s->interfaces[s->n++] = interface;
}

static void add(struct answer *a, unsigned short type, const void *body, size_t len)
{
	struct nlmsghdr head = {.nlmsg_len = (unsigned)NLMSG_LENGTH(len), .nlmsg_type = type};

	memcpy(a->bytes + a->len, &head, sizeof(head));
	memcpy(a->bytes + a->len + NLMSG_HDRLEN, body, len);
	a->len += NLMSG_ALIGN(head.nlmsg_len);
}

static void add_route(struct answer *a, unsigned char prefix, unsigned char type, int interface)
{
	const struct {
		struct rtmsg route;
		struct rtattr head;
		int interface;
	} body = {
		.route = {.rtm_family = AF_INET, .rtm_dst_len = prefix, .rtm_type = type},
		.head = {.rta_len = RTA_LENGTH(sizeof(int)), .rta_type = RTA_OIF},
		.interface = interface,
	};

	add(a, RTM_NEWROUTE, &body, sizeof(body));
}

/* `ip route add default nexthop via … dev 5 nexthop via … dev 6`, each with its gateway. */
static void add_two_hops(struct answer *a, unsigned short last_len)
{
	struct hop {
		struct rtnexthop hop;
		struct rtattr head;
		unsigned gateway;
	};
	const struct {
		struct rtmsg route;
		struct rtattr head;
		struct hop hops[2];
	} body = {
		.route = {.rtm_family = AF_INET, .rtm_type = RTN_UNICAST},
		.head = {.rta_len = RTA_LENGTH(2 * sizeof(struct hop)), .rta_type = RTA_MULTIPATH},
		.hops = {{.hop = {.rtnh_len = sizeof(struct hop), .rtnh_ifindex = 5}},
			{.hop = {.rtnh_len = last_len, .rtnh_ifindex = 6}}},
	};

	add(a, RTM_NEWROUTE, &body, sizeof(body));
}

Test(host_routes, all_next_hops_of_a_default_route_count)
{
	struct answer a = {0};
	struct seen s = {0};

	add_route(&a, 24, RTN_UNICAST, 2);
	add_two_hops(&a, sizeof(struct rtnexthop) + 8);
	add_route(&a, 0, RTN_UNREACHABLE, 3);
	add_route(&a, 1, RTN_UNICAST, 4);
	cr_expect_eq(route_dump_parse(a.bytes, a.len, see, &s), 0, "more comes");
	cr_assert_eq(s.n, 3);
	cr_expect(s.interfaces[0] == 5 && s.interfaces[1] == 6 && s.interfaces[2] == 4);
	add(&a, NLMSG_DONE, "", 0);
	cr_expect_eq(route_dump_parse(a.bytes, a.len, see, &s), 1);
}

Test(host_routes, an_answer_that_is_cut_or_refused_ends)
{
	const struct nlmsgerr refused = {.error = -EPERM};
	struct answer a = {0}, wrong = {0}, no = {0};
	struct seen s = {0};

	add_two_hops(&a, sizeof(struct rtnexthop) + 8);
	for (size_t len = 0; len < a.len; len++)
		cr_expect_eq(route_dump_parse(a.bytes, len, see, &s), 0);
	cr_expect_eq(s.n, 0);
	add_two_hops(&wrong, 2);
	add_two_hops(&wrong, 60000);
	cr_expect_eq(route_dump_parse(wrong.bytes, wrong.len, see, &s), 0);
	cr_expect_eq(s.n, 2, "the first hops alone");
	add(&no, NLMSG_ERROR, &refused, sizeof(refused));
	cr_expect_eq(route_dump_parse(no.bytes, no.len, see, &s), -EPERM);
}

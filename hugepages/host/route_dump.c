/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/route_dump.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MAX = 32768, HALF_OF_ALL = 1 };

static void see_next_hops(
	const struct rtattr *list, void (*see)(void *context, unsigned interface), void *context)
{
	const struct rtnexthop *hop = RTA_DATA(list);
	size_t left = RTA_PAYLOAD(list);

	while (left >= sizeof(*hop) && hop->rtnh_len >= sizeof(*hop) && hop->rtnh_len <= left) {
		size_t step = RTNH_ALIGN(hop->rtnh_len);

		see(context, (unsigned)hop->rtnh_ifindex);
		if (step >= left)
			break;
		left -= step;
		hop = (const struct rtnexthop *)((const char *)hop + step);
	}
}

static void see_route(const struct nlmsghdr *message,
	void (*see)(void *context, unsigned interface), void *context)
{
	const struct rtmsg *route = NLMSG_DATA(message);
	int left = (int)message->nlmsg_len - (int)NLMSG_LENGTH(sizeof(*route));

	if (left < 0 || route->rtm_dst_len > HALF_OF_ALL || route->rtm_type != RTN_UNICAST)
		return;
	for (const struct rtattr *a = RTM_RTA(route); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		uint32_t interface;

		if (a->rta_type == RTA_MULTIPATH)
			see_next_hops(a, see, context);
		if (a->rta_type != RTA_OIF || RTA_PAYLOAD(a) < sizeof(interface))
			continue;
		memcpy(&interface, RTA_DATA(a), sizeof(interface));
		see(context, interface);
	}
}

int route_dump_parse(const void *answer, size_t len, void (*see)(void *context, unsigned interface),
	void *context)
{
	const struct nlmsghdr *m = answer;

	for (; len <= ANSWER_MAX && NLMSG_OK(m, len); m = NLMSG_NEXT(m, len)) {
		if (m->nlmsg_type == NLMSG_DONE)
			return 1;
		if (m->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *e = NLMSG_DATA(m);

			return m->nlmsg_len >= NLMSG_LENGTH(sizeof(*e)) && e->error < 0 ? e->error
											: -EPROTO;
		}
		if (m->nlmsg_type == RTM_NEWROUTE)
			see_route(m, see, context);
	}
	return 0;
}

static int ask(int fd, unsigned char family)
{
	const struct {
		struct nlmsghdr head;
		struct rtmsg route;
	} question = {
		.head = {.nlmsg_len = sizeof(question),
			.nlmsg_type = RTM_GETROUTE,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.route = {.rtm_family = family},
	};

	return send(fd, &question, sizeof(question), 0) < 0 ? -errno : 0;
}

static int dump(
	int fd, unsigned char family, void (*see)(void *context, unsigned interface), void *context)
{
	_Alignas(struct nlmsghdr) char answer[ANSWER_MAX];
	int ret = ask(fd, family);

	while (ret == 0) {
		ssize_t len = recv(fd, answer, sizeof(answer), MSG_TRUNC);

		if (len < 0)
			ret = -errno;
		else if (len == 0 || (size_t)len > sizeof(answer))
			ret = -EMSGSIZE;
		else
			ret = route_dump_parse(answer, (size_t)len, see, context);
	}
	return ret < 0 ? ret : 0;
}

int route_dump_defaults(void (*see)(void *context, unsigned interface), void *context)
{
	const struct timeval patience = {.tv_sec = 5};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	int v4 = dump(fd, AF_INET, see, context), v6 = dump(fd, AF_INET6, see, context);
	close(fd);
	return v4 < 0 ? v4 : v6;
}

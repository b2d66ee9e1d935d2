/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/udp_port.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_BYTES = 8 << 20 };

/* address: 16 bytes, or 4, as they go over the wire. */
static socklen_t make_address(
	struct sockaddr_storage *out, bool v6, const uint8_t *address, uint16_t port)
{
	memset(out, 0, sizeof(*out));
	if (v6) {
		struct sockaddr_in6 *a = (struct sockaddr_in6 *)out;

		a->sin6_family = AF_INET6;
		memcpy(&a->sin6_addr, address, sizeof(a->sin6_addr));
		a->sin6_port = htons(port);
		return sizeof(*a);
	}
	struct sockaddr_in *a = (struct sockaddr_in *)out;

	a->sin_family = AF_INET;
	memcpy(&a->sin_addr, address, sizeof(a->sin_addr));
	a->sin_port = htons(port);
	return sizeof(*a);
}

static socklen_t local_address(struct sockaddr_storage *out, bool v6, uint16_t port)
{
	static const uint8_t loopback_v4[4] = {127, 0, 0, 1}, loopback_v6[16] = {[15] = 1};

	return make_address(out, v6, v6 ? loopback_v6 : loopback_v4, port);
}

/* Best effort: a burst finds room where the kernel allows it. */
static void enlarge_buffer(int fd)
{
	int bytes = BUFFER_BYTES, on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
}

int udp_port_open(struct udp_port *p, bool v6, uint16_t port)
{
	struct sockaddr_storage address;
	socklen_t len = local_address(&address, v6, port);
	int on = 1;

	*p = (struct udp_port){.fd = -1, .v6 = v6, .port = port};
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	enlarge_buffer(fd);
	if ((v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0) ||
		bind(fd, (struct sockaddr *)&address, len) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	p->fd = fd;
	return 0;
}

void udp_port_close(struct udp_port *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

static void fill_flow(
	const struct udp_port *p, const struct sockaddr_storage *from, struct flow *flow)
{
	flow->v6 = p->v6;
	flow->destination_port = p->port;
	memset(flow->destination, 0, sizeof(flow->destination));
	if (p->v6) {
		const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)from;

		memcpy(flow->source, &a->sin6_addr, 16);
		memcpy(flow->destination, &in6addr_loopback, 16);
		flow->source_port = ntohs(a->sin6_port);
		return;
	}
	const struct sockaddr_in *a = (const struct sockaddr_in *)from;
	const uint32_t loopback = htonl(INADDR_LOOPBACK);

	memcpy(flow->source, &a->sin_addr, 4);
	memcpy(flow->destination, &loopback, 4);
	flow->source_port = ntohs(a->sin_port);
}

/* The kernel's count of what it dropped since the socket was made comes beside a datagram. */
static void note_overflow(struct udp_port *p, struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL)
			memcpy(&p->overflowed, CMSG_DATA(c), sizeof(p->overflowed));
	}
}

int udp_port_receive(struct udp_port *p, struct arrival arrivals[UDP_PORT_BURST])
{
	struct mmsghdr messages[UDP_PORT_BURST];
	struct sockaddr_storage from[UDP_PORT_BURST];
	struct iovec vectors[UDP_PORT_BURST];
	_Alignas(struct cmsghdr) char controls[UDP_PORT_BURST][64];

	for (unsigned i = 0; i < UDP_PORT_BURST; i++) {
		vectors[i] = (struct iovec){arrivals[i].bytes, UDP_PORT_BYTES};
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &from[i],
			.msg_namelen = sizeof(from[i]),
			.msg_iov = &vectors[i],
			.msg_iovlen = 1,
			.msg_control = controls[i],
			.msg_controllen = sizeof(controls[i]),
		};
	}
	int n = recvmmsg(p->fd, messages, UDP_PORT_BURST, MSG_DONTWAIT, NULL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		fill_flow(p, &from[i], &arrivals[i].flow);
		arrivals[i].cut = (messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
		arrivals[i].len = (uint16_t)messages[i].msg_len;
		note_overflow(p, &messages[i].msg_hdr);
	}
	return n;
}

int udp_port_send(
	const struct udp_port *p, const struct flow *flow, const uint8_t *payload, size_t len)
{
	struct sockaddr_storage to;
	socklen_t to_len = make_address(&to, p->v6, flow->destination, flow->destination_port);

	return sendto(p->fd, payload, len, MSG_DONTWAIT, (struct sockaddr *)&to, to_len) < 0
		       ? -errno
		       : 0;
}

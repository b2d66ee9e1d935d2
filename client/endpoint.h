/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Where to connect: HOST:PORT as a person writes it, and the address that it stands for. */
#ifndef CLIENT_ENDPOINT_H
#define CLIENT_ENDPOINT_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

struct endpoint {
	char host[254]; // a name or a numeric address, without brackets
	uint16_t port;
};

/* Room for any endpoint in writing, brackets included. */
enum { ENDPOINT_TEXT_MAX = 264 };

/*
 * Reads HOST:PORT, HOST, [ADDRESS]:PORT, [ADDRESS], or an IPv6 address without brackets and port;
 * default_port stands in where there is none. 0, or -EINVAL.
 */
int endpoint_parse(const char *text, uint16_t default_port, struct endpoint *out);

/* HOST:PORT again, with brackets where they are needed. Returns out. */
const char *endpoint_write(const struct endpoint *e, char out[ENDPOINT_TEXT_MAX]);

/* The first address of the host for sockets of this type (SOCK_…). 0, or -ENXIO. */
int endpoint_resolve(
	const struct endpoint *e, int type, struct sockaddr_storage *address, socklen_t *len);

/*
 * What to add where no answer came: with AF_XDP on lo the kernel drops answers over IPv4. "" where
 * that cannot be it.
 */
const char *endpoint_hint_unanswered(const struct endpoint *e);

/* What went wrong on the way to an endpoint, in words: -ENXIO is a name without an address. */
const char *endpoint_why(int error);

#endif

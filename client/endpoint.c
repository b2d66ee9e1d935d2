/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/endpoint.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int parse_port(const char *text, uint16_t *port)
{
	unsigned value = 0;

	if (text[0] == '\0' || strlen(text) > 5)
		return -EINVAL;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		value = value * 10 + (unsigned)(*text - '0');
	}
	if (value == 0 || value > 65535)
		return -EINVAL;
	*port = (uint16_t)value;
	return 0;
}

int endpoint_parse(const char *text, uint16_t default_port, struct endpoint *out)
{
	struct endpoint e = {.port = default_port};
	const char *host = text, *host_end, *colon = strrchr(text, ':');

	if (text[0] == '[') {
		host = text + 1;
		host_end = strchr(host, ']');
		if (host_end == NULL || (host_end[1] != '\0' && host_end[1] != ':'))
			return -EINVAL;
		colon = host_end[1] == ':' ? host_end + 1 : NULL;
	} else if (colon != NULL && strchr(text, ':') != colon) {
		colon = NULL; // an IPv6 address without brackets
		host_end = text + strlen(text);
	} else {
		host_end = colon != NULL ? colon : text + strlen(text);
	}
	size_t len = (size_t)(host_end - host);
	if (len == 0 || len >= sizeof(e.host) || memchr(host, '[', len) || memchr(host, ']', len))
		return -EINVAL;
	if (colon != NULL && parse_port(colon + 1, &e.port) < 0)
		return -EINVAL;
	memcpy(e.host, host, len);
	*out = e;
	return 0;
}

const char *endpoint_write(const struct endpoint *e, char out[ENDPOINT_TEXT_MAX])
{
	bool brackets = strchr(e->host, ':') != NULL;

	snprintf(out, ENDPOINT_TEXT_MAX, "%s%s%s:%u", brackets ? "[" : "", e->host,
		brackets ? "]" : "", e->port);
	return out;
}

int endpoint_resolve(
	const struct endpoint *e, int type, struct sockaddr_storage *address, socklen_t *len)
{
	struct addrinfo hints = {.ai_socktype = type, .ai_flags = AI_NUMERICSERV}, *found;
	char port[8];

	snprintf(port, sizeof(port), "%u", e->port);
	if (getaddrinfo(e->host, port, &hints, &found) != 0)
		return -ENXIO;
	memcpy(address, found->ai_addr, found->ai_addrlen);
	*len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

const char *endpoint_hint_unanswered(const struct endpoint *e)
{
	struct sockaddr_storage address;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address;
	socklen_t len;

	if (endpoint_resolve(e, SOCK_DGRAM, &address, &len) < 0 || address.ss_family != AF_INET ||
		ntohl(v4->sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
		return "";
	return "; with AF_XDP on lo it gets there and is counted, but the kernel drops answers to "
	       "IPv4: ask [::1]";
}

const char *endpoint_why(int error)
{
	return error == -ENXIO ? "this host name has no address, or none can be looked up now"
			       : strerror(-error);
}

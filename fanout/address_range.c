/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/address_range.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff};

/* IPv4 into the place where IPv6 has it. */
static void map_ipv4(const void *address, uint8_t out[16])
{
	memcpy(out, MAPPED, sizeof(MAPPED));
	memcpy(out + sizeof(MAPPED), address, 4);
}

/* Returns how many bits the address has in its own notation, 0 if it is none. */
static unsigned parse_address(const char *text, uint8_t out[16])
{
	uint8_t ipv4[4];

	if (inet_pton(AF_INET, text, ipv4) == 1) {
		map_ipv4(ipv4, out);
		return 32;
	}
	return inet_pton(AF_INET6, text, out) == 1 ? 128 : 0;
}

static bool parse_bits(const char *text, unsigned most, unsigned *bits)
{
	size_t len = strlen(text);

	if (len == 0 || len > 3 || strspn(text, "0123456789") != len)
		return false;
	*bits = (unsigned)strtoul(text, NULL, 10);
	return *bits <= most;
}

static bool bit(const uint8_t address[16], unsigned i)
{
	return (address[i / 8] >> (7 - i % 8) & 1) != 0;
}

/* Whatever stands behind the prefix. */
static bool parse(const char *text, struct address_range *out)
{
	char address[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);

	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	unsigned most = parse_address(address, out->first), bits = most;
	if (most == 0 || (slash != NULL && !parse_bits(slash + 1, most, &bits)))
		return false;
	out->bits = (uint8_t)(128 - most + bits);
	return true;
}

static bool has_host_bits(const struct address_range *r)
{
	for (unsigned i = r->bits; i < 128; i++) {
		if (bit(r->first, i))
			return true;
	}
	return false;
}

bool address_range_parse(const char *text, struct address_range *out)
{
	return parse(text, out) && !has_host_bits(out);
}

bool address_range_is_host(const char *text)
{
	struct address_range r;

	return parse(text, &r) && has_host_bits(&r);
}

bool address_range_contains(const struct address_range *r, const struct sockaddr *address)
{
	uint8_t bytes[16];

	if (address->sa_family == AF_INET)
		map_ipv4(&((const struct sockaddr_in *)address)->sin_addr, bytes);
	else if (address->sa_family == AF_INET6)
		memcpy(bytes, &((const struct sockaddr_in6 *)address)->sin6_addr, sizeof(bytes));
	else
		return false;
	for (unsigned i = 0; i < r->bits; i++) {
		if (bit(bytes, i) != bit(r->first, i))
			return false;
	}
	return true;
}

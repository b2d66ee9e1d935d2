/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/routes.h"

#include "hugepages/host/route_dump.h"
#include "hugepages/host/tree.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <string.h>

enum { ROUTE_UP = 1, ROUTE_GATEWAY = 2, ROUTE_REJECT = 0x200 };

/* A line of either table. Of IPv4, addresses are mapped, and the prefix counts from bit 0. */
struct route {
	struct in6_addr net;
	unsigned prefix;
	unsigned flags;
	char interface[IF_NAMESIZE];
};

static void map_v4(struct in6_addr *out, uint32_t network_order)
{
	*out = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
	memcpy(out->s6_addr + 12, &network_order, 4);
}

static bool parse_v4(const char *line, struct route *r)
{
	unsigned net, mask;

	if (sscanf(line, "%15s %x %*x %x %*d %*d %*d %x", r->interface, &net, &r->flags, &mask) !=
		4)
		return false;
	map_v4(&r->net, net);
	r->prefix = 96 + (unsigned)__builtin_popcount(mask);
	return true;
}

static bool parse_hex(const char *text, struct in6_addr *out)
{
	for (unsigned i = 0; i < 16; i++) {
		unsigned byte;

		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			return false;
		out->s6_addr[i] = (uint8_t)byte;
	}
	return true;
}

static bool parse_v6(const char *line, struct route *r)
{
	char net[33];

	return sscanf(line, "%32s %x %*s %*x %*s %*x %*x %*x %x %15s", net, &r->prefix, &r->flags,
		       r->interface) == 4 &&
	       strlen(net) == 32 && parse_hex(net, &r->net);
}

void interface_set_add(struct interface_set *s, const char *name)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (strcmp(s->names[i], name) == 0)
			return;
	}
	if (s->n < ROUTES_MAX && strcmp(name, "lo") != 0)
		snprintf(s->names[s->n++], IF_NAMESIZE, "%s", name);
}

static bool lies_in(const struct in6_addr *address, const struct route *r)
{
	for (unsigned i = 0; i < 128 && i < r->prefix; i++) {
		unsigned bit = 7 - i % 8;

		if ((address->s6_addr[i / 8] ^ r->net.s6_addr[i / 8]) >> bit & 1)
			return false;
	}
	return true;
}

/* Calls for each route that is in use. */
static void each_route(const struct host *h, bool v6,
	void (*see)(void *context, const struct route *r), void *context)
{
	FILE *f = tree_open(h, v6 ? "/proc/net/ipv6_route" : "/proc/net/route");
	char line[HOST_LINE_MAX];
	struct route r;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if ((v6 ? parse_v6 : parse_v4)(line, &r) && (r.flags & ROUTE_UP) &&
			!(r.flags & ROUTE_REJECT))
			see(context, &r);
	}
	if (f != NULL)
		fclose(f);
}

struct defaults {
	struct interface_set *out;
	unsigned longest;
};

static void see_default(void *context, const struct route *r)
{
	struct defaults *d = context;

	if (r->prefix <= d->longest)
		interface_set_add(d->out, r->interface);
}

static void see_index(void *context, unsigned interface)
{
	char name[IF_NAMESIZE];

	if (if_indextoname(interface, name) != NULL)
		interface_set_add(context, name);
}

/* The kernel of this machine says more than its files do. Those are of use where it is not asked:
 * of another machine, or behind a filter of system calls. */
void routes_default(const struct host *h, struct interface_set *out)
{
	struct defaults v4 = {.out = out, .longest = 97}, v6 = {.out = out, .longest = 1};

	each_route(h, false, see_default, &v4);
	each_route(h, true, see_default, &v6);
	if (h->root[0] == '\0')
		route_dump_defaults(see_index, out);
}

/* The routes with the longest prefix: several, where the same net is behind several interfaces. */
struct best {
	const struct in6_addr *address;
	bool connected; // only nets that are reached without a gateway
	unsigned prefix;
	struct interface_set set;
};

static void see_better(void *context, const struct route *r)
{
	struct best *b = context;

	if (!lies_in(b->address, r) || r->prefix < b->prefix ||
		(b->connected && (r->flags & ROUTE_GATEWAY)))
		return;
	if (r->prefix > b->prefix)
		b->set.n = 0;
	b->prefix = r->prefix;
	interface_set_add(&b->set, r->interface);
}

static void add_best(const struct host *h, const struct in6_addr *address, bool connected,
	struct interface_set *out)
{
	struct best best = {.address = address, .connected = connected};

	each_route(h, !IN6_IS_ADDR_V4MAPPED(address), see_better, &best);
	for (unsigned i = 0; i < best.set.n; i++)
		interface_set_add(out, best.set.names[i]);
}

/* /proc/net/if_inet6 says whose the IPv6 addresses of this machine are. */
static bool add_owner_v6(
	const struct host *h, const struct in6_addr *local, struct interface_set *out)
{
	FILE *f = tree_open(h, "/proc/net/if_inet6");
	char line[HOST_LINE_MAX], address[33], name[IF_NAMESIZE];
	struct in6_addr has;
	bool found = false;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%32s %*x %*x %*x %*x %15s", address, name) != 2 ||
			strlen(address) != 32 || !parse_hex(address, &has) ||
			memcmp(&has, local, sizeof(has)) != 0)
			continue;
		interface_set_add(out, name);
		found = true;
	}
	if (f != NULL)
		fclose(f);
	return found;
}

/* No file says it of IPv4; this machine can be asked. */
static void add_owner_v4(
	const struct host *h, const struct in6_addr *local, struct interface_set *out)
{
	struct ifaddrs *list = NULL;

	if (h->root[0] != '\0' || getifaddrs(&list) < 0)
		return;
	for (struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)i->ifa_addr;

		if (in != NULL && in->sin_family == AF_INET &&
			memcmp(&in->sin_addr, local->s6_addr + 12, 4) == 0)
			interface_set_add(out, i->ifa_name);
	}
	freeifaddrs(list);
}

void routes_of_connection(const struct host *h, const struct in6_addr *local,
	const struct in6_addr *remote, struct interface_set *out)
{
	if (!IN6_IS_ADDR_V4MAPPED(local)) {
		if (!add_owner_v6(h, local, out))
			add_best(h, remote, false, out);
		return;
	}
	add_owner_v4(h, local, out);
	add_best(h, local, true, out);
	add_best(h, remote, false, out);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* getaddrinfo() takes larger ones modulo 65536, and nobody would be told which one 0 became. */
static bool is_port(const char *text)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	return isdigit((unsigned char)text[0]) && *end == '\0' && port >= 1 && port <= 65535;
}

bool config_parse_address(const char *text, struct fanout_listener *out)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	char host[64];
	const char *colon = strrchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;

	if (len == 0 || len >= sizeof(host) || !is_port(colon + 1))
		return false;
	bool brackets = text[0] == '[' && text[len - 1] == ']' && len > 2;
	if (brackets)
		snprintf(host, sizeof(host), "%.*s", (int)(len - 2), text + 1);
	else
		snprintf(host, sizeof(host), "%.*s", (int)len, text);
	if (!brackets && strchr(host, ':') != NULL)
		return false;
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return false;
	memcpy(&out->address, found->ai_addr, found->ai_addrlen);
	out->address_len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

static bool is_same(const struct fanout_listener *a, const struct fanout_listener *b)
{
	return a->address_len == b->address_len &&
	       memcmp(&a->address, &b->address, a->address_len) == 0;
}

struct fanout_listener *config_find_listener(
	struct config *c, const struct fanout_listener *address)
{
	for (unsigned i = 0; i < c->n_listeners; i++) {
		if (is_same(&c->listeners[i], address))
			return &c->listeners[i];
	}
	return NULL;
}

static uint16_t port_of(const struct fanout_listener *l)
{
	if (l->address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&l->address)->sin6_port);
	return ntohs(((const struct sockaddr_in *)&l->address)->sin_port);
}

static bool is_any(const struct fanout_listener *l)
{
	if (l->address.ss_family == AF_INET6)
		return IN6_IS_ADDR_UNSPECIFIED(
			&((const struct sockaddr_in6 *)&l->address)->sin6_addr);
	return ((const struct sockaddr_in *)&l->address)->sin_addr.s_addr == INADDR_ANY;
}

/*
 * Several threads would share it, and the kernel deal the clients out between the protocols. [::]
 * is of IPv6 alone: the fan-out's sockets are IPV6_V6ONLY.
 */
static bool overlap(const struct fanout_listener *a, const struct fanout_listener *b)
{
	return is_same(a, b) || (a->address.ss_family == b->address.ss_family &&
					port_of(a) == port_of(b) && (is_any(a) || is_any(b)));
}

struct kind {
	const char *path;
	enum fanout_protocol protocol;
	bool tls;
	size_t list, count; // in struct file_listen
};

#define LIST(member) \
	offsetof(struct file_listen, member), offsetof(struct file_listen, member##_count)

static const struct kind kinds[] = {
	{"listen.tcp", FANOUT_TCP, false, LIST(tcp)},
	{"listen.http", FANOUT_HTTP, false, LIST(http)},
	{"listen.mqtt", FANOUT_MQTT, false, LIST(mqtt)},
	{"listen.https", FANOUT_HTTP, true, LIST(https)},
	{"listen.mqtts", FANOUT_MQTT, true, LIST(mqtts)},
};

const char *config_listener_path(unsigned kind)
{
	return kind < sizeof(kinds) / sizeof(kinds[0]) ? kinds[kind].path : NULL;
}

/* The ports that others are told are those of the first listeners of a kind. */
static void take_port(struct config *c, const struct fanout_listener *l)
{
	uint16_t *const ports[][2] = {
		[FANOUT_TCP] = {&c->tcp_port, NULL},
		[FANOUT_HTTP] = {&c->http_port, &c->https_port},
		[FANOUT_MQTT] = {&c->mqtt_port, &c->mqtts_port},
	};
	uint16_t *port = ports[l->protocol][l->tls];

	if (*port == 0)
		*port = port_of(l);
}

const char *config_listening(const struct config *c, const struct fanout_listener *l)
{
	for (unsigned i = 0; i < c->n_listeners; i++) {
		if (!overlap(&c->listeners[i], l))
			continue;
		for (unsigned kind = 0; config_listener_path(kind) != NULL; kind++) {
			if (kinds[kind].protocol == c->listeners[i].protocol &&
				kinds[kind].tls == c->listeners[i].tls)
				return kinds[kind].path;
		}
	}
	return NULL;
}

int config_take_listeners(struct config *c, unsigned kind, const struct file_listen *listen,
	const struct config_source *source, char *error, size_t cap)
{
	const struct config_check k = {source, error, cap};
	const struct kind *of = &kinds[kind];
	char *const *list = *(char **const *)((const char *)listen + of->list);
	unsigned n = *(const unsigned *)((const char *)listen + of->count);

	for (unsigned i = 0; i < n; i++) {
		struct fanout_listener *l = &c->listeners[c->n_listeners];
		char path[64];

		snprintf(path, sizeof(path), "%s[%u]", of->path, i);
		if (c->n_listeners == CONFIG_LISTENERS_MAX)
			return config_wrong(
				&k, path, "more than %d listeners", CONFIG_LISTENERS_MAX);
		l->protocol = of->protocol;
		l->tls = of->tls;
		if (!config_parse_address(list[i], l))
			return config_wrong(&k, path,
				"'%s' is no address: write 127.0.0.1:7701 or [::1]:7701", list[i]);
		const char *taken = config_listening(c, l);
		if (taken != NULL)
			return config_wrong(&k, path,
				"'%s' is taken in %s already: give each its own port", list[i],
				taken);
		take_port(c, l);
		c->n_listeners++;
	}
	return 0;
}

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

struct fanout_listener *config_find_listener(
	struct config *c, const struct fanout_listener *address)
{
	for (unsigned i = 0; i < c->n_listeners; i++) {
		struct fanout_listener *l = &c->listeners[i];

		if (l->address_len == address->address_len &&
			memcmp(&l->address, &address->address, l->address_len) == 0)
			return l;
	}
	return NULL;
}

static uint16_t port_of(const struct fanout_listener *l)
{
	if (l->address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&l->address)->sin6_port);
	return ntohs(((const struct sockaddr_in *)&l->address)->sin_port);
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

/* The ports that others are told are those of the first listeners without TLS. */
static void take_port(struct config *c, const struct fanout_listener *l)
{
	uint16_t *const ports[] = {
		[FANOUT_TCP] = &c->tcp_port,
		[FANOUT_HTTP] = &c->http_port,
		[FANOUT_MQTT] = &c->mqtt_port,
	};

	if (!l->tls && *ports[l->protocol] == 0)
		*ports[l->protocol] = port_of(l);
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
		if (config_find_listener(c, l) != NULL) // several threads would share it
			return config_wrong(&k, path, "'%s' stands in listen twice", list[i]);
		take_port(c, l);
		c->n_listeners++;
	}
	return 0;
}

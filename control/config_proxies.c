/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which listeners are for proxies, and which proxies may connect to them.
 */

#include "control/config_check.h"

#include <errno.h>
#include <stdio.h>

static int mark(struct config *c, const struct config_check *k, const char *path, const char *text)
{
	struct fanout_listener wanted = {.address_len = 0};

	if (!config_parse_address(text, &wanted))
		return config_wrong(
			k, path, "'%s' is no address: write it as in listen, 0.0.0.0:7780", text);
	struct fanout_listener *l = config_find_listener(c, &wanted);
	if (l == NULL)
		return config_wrong(
			k, path, "nothing listens on '%s': it has to be in listen, too", text);
	l->proxied = true;
	return 0;
}

static int trust(struct config *c, const struct config_check *k, const char *path, const char *text)
{
	if (c->n_proxies == CONFIG_PROXIES_MAX)
		return config_wrong(k, path, "more than %d addresses", CONFIG_PROXIES_MAX);
	if (!address_range_parse(text, &c->proxies[c->n_proxies]))
		return config_wrong(k, path,
			"'%s' is no address or network: write 10.0.0.1, 10.0.0.0/24 or "
			"2001:db8::/48",
			text);
	c->n_proxies++;
	return 0;
}

int config_take_proxies(struct config *c, const struct file_proxy_protocol *listeners,
	const struct file_proxy_protocol *from, const struct config_source *source, char *error,
	size_t cap)
{
	const struct config_check k = {source, error, cap};
	char path[64];

	for (unsigned i = 0; i < listeners->listeners_count; i++) {
		snprintf(path, sizeof(path), "proxy_protocol.listeners[%u]", i);
		if (mark(c, &k, path, listeners->listeners[i]) < 0)
			return -EINVAL;
	}
	for (unsigned i = 0; i < from->from_count; i++) {
		snprintf(path, sizeof(path), "proxy_protocol.from[%u]", i);
		if (trust(c, &k, path, from->from[i]) < 0)
			return -EINVAL;
	}
	if (listeners->listeners_count > 0 && c->n_proxies == 0)
		return config_wrong(&k, "proxy_protocol.from",
			"no proxy is trusted, so nobody could connect: name their addresses");
	return 0;
}

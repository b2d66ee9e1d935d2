/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

static const char unix_prefix[] = "unix:";

static bool is_loopback(const struct fanout_listener *l)
{
	if (l->address.ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&l->address)->sin6_addr);
	return ntohl(((const struct sockaddr_in *)&l->address)->sin_addr.s_addr) >> 24 ==
	       IN_LOOPBACKNET;
}

static int take_path(struct config *c, const struct config_check *k, const char *path)
{
	struct sockaddr_un *address = (struct sockaddr_un *)&c->metrics.address;

	if (path[0] != '/' || strlen(path) >= sizeof(address->sun_path))
		return config_wrong(k, "metrics.listen",
			"'%.60s' is no absolute path of at most %zu bytes: write "
			"unix:/run/uproar/metrics.sock",
			path, sizeof(address->sun_path) - 1);
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, strlen(path) + 1);
	c->metrics.len = sizeof(*address);
	return 0;
}

int config_take_metrics(struct config *c, const char *listen, const struct config_source *source,
	char *error, size_t cap)
{
	const struct config_check k = {source, error, cap};
	struct fanout_listener l = {0};

	if (listen[0] == '\0')
		return 0;
	if (strncmp(listen, unix_prefix, sizeof(unix_prefix) - 1) == 0)
		return take_path(c, &k, listen + sizeof(unix_prefix) - 1);
	if (!config_parse_address(listen, &l))
		return config_wrong(&k, "metrics.listen",
			"'%.60s' is no address: write 127.0.0.1:7790, [::1]:7790, "
			"unix:/run/uproar/metrics.sock, or \"\" for none",
			listen);
	if (!is_loopback(&l))
		return config_wrong(&k, "metrics.listen",
			"%.60s is no address of the loopback interface: metrics are not for "
			"strangers; write 127.0.0.1:7790 and let a proxy or Prometheus on this "
			"machine read it",
			listen);
	memcpy(&c->metrics.address, &l.address, l.address_len);
	c->metrics.len = l.address_len;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/xdp_sockets.h"

#include <dirent.h>
#include <linux/if_xdp.h>
#include <stdlib.h>
#include <sys/socket.h>

static bool is_af_xdp(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_XDP;
}

void xdp_sockets_find(struct xdp_sockets *s)
{
	DIR *open_ones = opendir("/proc/self/fd");
	struct dirent *entry;

	s->n = 0;
	while (open_ones != NULL && (entry = readdir(open_ones)) != NULL) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && s->n < XDP_SOCKETS_MAX && is_af_xdp(fd))
			s->fds[s->n++] = fd;
	}
	if (open_ones != NULL)
		closedir(open_ones);
}

static bool contains(const struct xdp_sockets *s, int fd)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->fds[i] == fd)
			return true;
	}
	return false;
}

void xdp_sockets_subtract(struct xdp_sockets *s, const struct xdp_sockets *before)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->n; i++) {
		if (!contains(before, s->fds[i]))
			s->fds[kept++] = s->fds[i];
	}
	s->n = kept;
}

uint64_t xdp_sockets_ring_full(const struct xdp_sockets *s)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < s->n; i++) {
		struct xdp_statistics stats = {0};
		socklen_t len = sizeof(stats);

		if (getsockopt(s->fds[i], SOL_XDP, XDP_STATISTICS, &stats, &len) == 0)
			sum += stats.rx_ring_full;
	}
	return sum;
}

bool xdp_sockets_zero_copy(const struct xdp_sockets *s)
{
	bool all = s->n > 0;

	for (unsigned i = 0; i < s->n; i++) {
		struct xdp_options options = {0};
		socklen_t len = sizeof(options);

		getsockopt(s->fds[i], SOL_XDP, XDP_OPTIONS, &options, &len);
		all &= (options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
	}
	return all;
}

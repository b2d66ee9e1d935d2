/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/interface.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool ask(int fd, const char *name, unsigned long what, struct ifreq *answer)
{
	snprintf(answer->ifr_name, sizeof(answer->ifr_name), "%s", name);
	return ioctl(fd, what, answer) == 0;
}

static bool ask_ethtool(int fd, const char *name, void *question)
{
	struct ifreq request = {.ifr_data = question};

	return ask(fd, name, SIOCETHTOOL, &request);
}

static void ask_more(struct interface *out, int fd)
{
	struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
	struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
	struct ifreq address = {0};

	if (ask(fd, out->name, SIOCGIFHWADDR, &address))
		out->ethernet = address.ifr_hwaddr.sa_family == ARPHRD_ETHER;
	if (ask_ethtool(fd, out->name, &driver))
		snprintf(out->driver, sizeof(out->driver), "%.*s", (int)sizeof(out->driver) - 1,
			driver.driver);
	if (ask_ethtool(fd, out->name, &channels)) {
		out->combined = channels.combined_count;
		out->most_combined = channels.max_combined;
		out->rx = channels.rx_count;
	}
}

int interface_ask(struct interface *out, const char *name)
{
	struct ifreq flags = {0};
	int fd, ret = 0;

	*out = (struct interface){.name = name};
	if (strlen(name) >= IF_NAMESIZE)
		return -ENODEV;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (ask(fd, name, SIOCGIFFLAGS, &flags)) {
		out->up = (flags.ifr_flags & IFF_UP) != 0;
		out->loopback = (flags.ifr_flags & IFF_LOOPBACK) != 0;
		ask_more(out, fd);
	} else {
		ret = -errno;
	}
	close(fd);
	return ret;
}

unsigned interface_queues(const struct interface *i)
{
	unsigned n = i->combined + i->rx;

	return n > 0 ? n : 1; // one that does not know channels has one stream
}

bool interface_is_local(const struct interface *i)
{
	return i->loopback || strcmp(i->driver, "veth") == 0;
}

bool interface_is_running(unsigned index)
{
	char name[IF_NAMESIZE];
	struct ifreq flags = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool running = fd >= 0 && if_indextoname(index, name) != NULL &&
		       ask(fd, name, SIOCGIFFLAGS, &flags) && (flags.ifr_flags & IFF_UP) != 0 &&
		       (flags.ifr_flags & IFF_RUNNING) != 0;

	if (fd >= 0)
		close(fd);
	return running;
}

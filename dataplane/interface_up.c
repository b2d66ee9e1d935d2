/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/interface_up.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct ifreq request_for(const char *name)
{
	struct ifreq r = {0};

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	return r;
}

static int set_mac(int fd, const char *name, const uint8_t mac[6])
{
	struct ifreq now = request_for(name), r = now;

	r.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(r.ifr_hwaddr.sa_data, mac, 6);
	if (ioctl(fd, SIOCGIFHWADDR, &now) == 0 && memcmp(now.ifr_hwaddr.sa_data, mac, 6) == 0)
		return 0;
	return ioctl(fd, SIOCSIFHWADDR, &r) < 0 ? -errno : 0;
}

static int set_mtu(int fd, const char *name, unsigned mtu)
{
	struct ifreq r = request_for(name);

	r.ifr_mtu = (int)mtu;
	return ioctl(fd, SIOCSIFMTU, &r) < 0 ? -errno : 0;
}

static int set_up(int fd, const char *name)
{
	struct ifreq r = request_for(name);

	if (ioctl(fd, SIOCGIFFLAGS, &r) < 0)
		return -errno;
	r.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &r) < 0 ? -errno : 0;
}

int interface_bring_up(const char *name, const uint8_t mac[6], unsigned mtu)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret = fd < 0 ? -errno : set_mac(fd, name, mac);

	if (ret == 0)
		ret = set_mtu(fd, name, mtu);
	if (ret == 0)
		ret = set_up(fd, name);
	if (fd >= 0)
		close(fd);
	return ret;
}

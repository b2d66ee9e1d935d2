/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/tap_queue.h"

#include "client/complain.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUEUE_LENGTH = 16384 };

/* The value of iface= in the device's arguments. 0, or -ENOENT. */
static int find_interface(const char *vdev, char name[IFNAMSIZ])
{
	const char *at = strstr(vdev, ",iface=");

	if (strncmp(vdev, "net_af_packet", strlen("net_af_packet")) != 0 || at == NULL)
		return -ENOENT;
	at += strlen(",iface=");
	size_t len = strcspn(at, ",");
	if (len == 0 || len >= IFNAMSIZ)
		return -ENOENT;
	memcpy(name, at, len);
	name[len] = '\0';
	return 0;
}

static int set_length(struct ifreq *request)
{
	int ret = 0, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCGIFTXQLEN, request) < 0)
		ret = -errno;
	if (ret == 0 && request->ifr_qlen < QUEUE_LENGTH) {
		request->ifr_qlen = QUEUE_LENGTH;
		if (ioctl(fd, SIOCSIFTXQLEN, request) < 0)
			ret = -errno;
	}
	close(fd);
	return ret;
}

void tap_queue_lengthen(const char *vdev)
{
	struct ifreq request = {0};

	if (find_interface(vdev, request.ifr_name) < 0)
		return;
	int ret = set_length(&request);
	if (ret < 0)
		complain("the queue of interface %s cannot be lengthened: %s", request.ifr_name,
			strerror(-ret));
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/vdev.h"

#include "dataplane/af_xdp_device.h"
#include "dataplane/capture_file.h"
#include "dataplane/interface.h"
#include "dataplane/memif_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <rte_pci.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool vdev_argument(const char *device, const char *key, char *out, size_t cap)
{
	size_t len = strlen(key);

	for (const char *at = strchr(device, ','); at != NULL; at = strchr(at + 1, ',')) {
		if (strncmp(at + 1, key, len) == 0 && at[1 + len] == '=') {
			const char *value = at + 2 + len;
			return (size_t)snprintf(out, cap, "%.*s", (int)strcspn(value, ","), value) <
			       cap;
		}
	}
	return false;
}

/* Makes an interface that is gone when its descriptor is closed: what DPDK would do, with a reason.
 */
static int tap_allowed(char *error, size_t cap)
{
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	int ret = fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	if (ret < 0)
		snprintf(error, cap,
			"TAP interfaces are refused here: %s (it takes root, or CAP_NET_ADMIN)",
			strerror(-ret));
	return ret;
}

/* A server on a socket file; abstract sockets, the driver's default, go with their process. */
static int prepare_memif(const char *device, char *error, size_t cap)
{
	char role[16], abstract[8], path[DATAPLANE_DEVICE_MAX];

	if (!vdev_argument(device, "role", role, sizeof(role)) || strcmp(role, "server") != 0 ||
		!vdev_argument(device, "socket-abstract", abstract, sizeof(abstract)) ||
		strcmp(abstract, "no") != 0 || !vdev_argument(device, "socket", path, sizeof(path)))
		return 0;
	return memif_socket_clear_stale(path, error, cap);
}

/* One file a queue. */
static int check_captures(const char *device, char *error, size_t cap)
{
	static const char key[] = ",rx_pcap=";
	char path[DATAPLANE_DEVICE_MAX];
	int ret = 0;

	for (const char *at = strstr(device, key); ret == 0 && at != NULL;
		at = strstr(at + 1, key)) {
		const char *value = at + strlen(key);

		snprintf(path, sizeof(path), "%.*s", (int)strcspn(value, ","), value);
		ret = capture_file_check(path, error, cap);
	}
	return ret;
}

int vdev_prepare(struct vdev *v, const struct dataplane_port *config, char *error, size_t cap)
{
	const char *device = config->device;
	char program[64];

	*v = (struct vdev){.program_file = -1};
	if (strlen(device) >= DATAPLANE_DEVICE_MAX) {
		snprintf(error, cap, "the device %.40s... is longer than %d characters", device,
			DATAPLANE_DEVICE_MAX - 1);
		return -ENAMETOOLONG;
	}
	if (strncmp(device, "net_af_xdp", 10) == 0 &&
		!vdev_argument(device, "xdp_prog", program, sizeof(program)))
		return af_xdp_device_prepare(v, config, error, cap);
	int ret = 0;
	if (strncmp(device, "net_tap", 7) == 0)
		ret = tap_allowed(error, cap);
	else if (strncmp(device, "net_memif", 9) == 0)
		ret = prepare_memif(device, error, cap);
	else if (strncmp(device, "net_pcap", 8) == 0)
		ret = check_captures(device, error, cap);
	if (ret < 0)
		return ret;
	snprintf(v->devargs, sizeof(v->devargs), "%s", device);
	return 0;
}

void vdev_done(struct vdev *v)
{
	if (v->program_file >= 0)
		close(v->program_file);
}

void vdev_name(const char *device, char *out, size_t cap)
{
	struct rte_pci_addr address;

	snprintf(out, cap, "%.*s", (int)strcspn(device, ","), device);
	if (rte_pci_addr_parse(out, &address) == 0)
		rte_pci_device_name(&address, out, cap);
}

bool vdev_is_pci(const char *device)
{
	struct rte_pci_addr address;
	char text[64];

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(device, ","), device);
	return rte_pci_addr_parse(text, &address) == 0;
}

bool vdev_is_local(const char *device)
{
	char name[IF_NAMESIZE];
	struct interface i;

	if (strncmp(device, "net_tap", 7) == 0)
		return true;
	return vdev_argument(device, "iface", name, sizeof(name)) && interface_ask(&i, name) == 0 &&
	       interface_is_local(&i);
}

bool vdev_sends(const char *device)
{
	char value[DATAPLANE_DEVICE_MAX];

	if (strncmp(device, "net_null", 8) == 0)
		return false;
	if (strncmp(device, "net_pcap", 8) != 0)
		return true;
	return vdev_argument(device, "tx_pcap", value, sizeof(value)) ||
	       vdev_argument(device, "tx_iface", value, sizeof(value)) ||
	       vdev_argument(device, "iface", value, sizeof(value));
}

/* uproar0, or the next that is free. */
static void free_interface(char *out, size_t cap)
{
	for (unsigned i = 0; i < 100; i++) {
		snprintf(out, cap, "uproar%u", i);
		if (if_nametoindex(out) == 0)
			return;
	}
}

int vdev_choice(unsigned i, unsigned port, const char *name, const char *runtime_folder, char *out,
	size_t cap)
{
	char interface[IF_NAMESIZE], number[16] = "";
	int len;

	switch (i) {
	case 0:
		len = snprintf(out, cap, "net_af_xdp%u,iface=lo", port);
		break;
	case 1:
		free_interface(interface, sizeof(interface));
		len = snprintf(out, cap, "net_tap%u,iface=%s", port, interface);
		break;
	default:
		if (port > 0)
			snprintf(number, sizeof(number), ".%u", port);
		len = snprintf(out, cap,
			"net_memif%u,role=server,id=0,socket=%s/%s%s.memif,socket-abstract=no",
			port, runtime_folder, name, number);
	}
	return len < 0 || (size_t)len >= cap ? -ENAMETOOLONG : 0;
}

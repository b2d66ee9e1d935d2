/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/vdev.h"

#include "dataplane/capture_file.h"
#include "dataplane/memif_socket.h"
#include "dataplane/xdp_program.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <rte_pci.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The value of key= in a device's arguments. */
static bool argument(const char *device, const char *key, char *out, size_t cap)
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

bool vdev_argument(const char *device, const char *key, char *out, size_t cap)
{
	return argument(device, key, out, cap);
}

/* Asks the kernel the cheapest questions that show whether AF_XDP with a program is to be had. */
static int ask_for_af_xdp(void)
{
	int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	close(fd);
	fd = bpf_map_create(BPF_MAP_TYPE_XSKMAP, "uproar_probe", sizeof(int), sizeof(int), 1, NULL);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int af_xdp_allowed(char *error, size_t cap)
{
	int ret = ask_for_af_xdp();

	if (ret < 0)
		snprintf(error, cap, "AF_XDP is refused here: %s%s", strerror(-ret),
			ret == -EPERM ? " (it takes root, or CAP_NET_RAW, CAP_NET_ADMIN, CAP_BPF, "
					"CAP_PERFMON and CAP_IPC_LOCK)"
				      : "");
	return ret;
}

static int prepare_af_xdp(
	struct vdev *v, const char *device, const char *records, char *error, size_t cap)
{
	char value[64];
	int ret;

	if (!argument(device, "iface", v->interface, sizeof(v->interface))) {
		snprintf(error, cap, "%s names no interface: write net_af_xdp0,iface=NAME", device);
		return -EINVAL;
	}
	ret = af_xdp_allowed(error, cap);
	if (ret == 0)
		ret = xdp_program_clear_stale(v->interface, records, error, cap);
	if (ret < 0)
		return ret;
	v->program_file = xdp_program_file();
	if (v->program_file < 0) {
		snprintf(error, cap, "no memory file for the XDP program: %s",
			strerror(-v->program_file));
		return v->program_file;
	}
	/* The kernel's busy polling would have the worker do the sender's work on virtual devices.
	 */
	snprintf(v->devargs, sizeof(v->devargs), "%s,xdp_prog=/proc/self/fd/%d%s", device,
		v->program_file,
		argument(device, "busy_budget", value, sizeof(value)) ? "" : ",busy_budget=0");
	return 0;
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

	if (!argument(device, "role", role, sizeof(role)) || strcmp(role, "server") != 0 ||
		!argument(device, "socket-abstract", abstract, sizeof(abstract)) ||
		strcmp(abstract, "no") != 0 || !argument(device, "socket", path, sizeof(path)))
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

int vdev_prepare(struct vdev *v, const char *device, const char *records, char *error, size_t cap)
{
	char program[64];

	*v = (struct vdev){.program_file = -1};
	if (strlen(device) >= DATAPLANE_DEVICE_MAX) {
		snprintf(error, cap, "the device %.40s... is longer than %d characters", device,
			DATAPLANE_DEVICE_MAX - 1);
		return -ENAMETOOLONG;
	}
	if (strncmp(device, "net_af_xdp", 10) == 0 &&
		!argument(device, "xdp_prog", program, sizeof(program)))
		return prepare_af_xdp(v, device, records, error, cap);
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

static bool is_loopback_or_veth(const char *interface)
{
	struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
	struct ifreq request = {0};
	bool local = false;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return false;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	if (ioctl(fd, SIOCGIFFLAGS, &request) == 0)
		local = (request.ifr_flags & IFF_LOOPBACK) != 0;
	request.ifr_data = (char *)&driver;
	if (!local && ioctl(fd, SIOCETHTOOL, &request) == 0)
		local = strcmp(driver.driver, "veth") == 0;
	close(fd);
	return local;
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
	char interface[IF_NAMESIZE];

	if (strncmp(device, "net_tap", 7) == 0)
		return true;
	return argument(device, "iface", interface, sizeof(interface)) &&
	       is_loopback_or_veth(interface);
}

bool vdev_sends(const char *device)
{
	char value[DATAPLANE_DEVICE_MAX];

	if (strncmp(device, "net_null", 8) == 0)
		return false;
	if (strncmp(device, "net_pcap", 8) != 0)
		return true;
	return argument(device, "tx_pcap", value, sizeof(value)) ||
	       argument(device, "tx_iface", value, sizeof(value)) ||
	       argument(device, "iface", value, sizeof(value));
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

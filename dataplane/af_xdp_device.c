/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/af_xdp_device.h"

#include "dataplane/interface.h"
#include "dataplane/log.h"
#include "dataplane/xdp/settings.h"
#include "dataplane/xdp_program.h"
#include "dataplane/xdp_stale.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static unsigned number(const char *device, const char *key, unsigned otherwise)
{
	char value[32];

	return vdev_argument(device, key, value, sizeof(value)) ? (unsigned)strtoul(value, NULL, 10)
								: otherwise;
}

/* The queues that are wanted, as the arguments and the configuration have them. */
static int queues_of(
	struct interface_wanted *out, const struct dataplane_port *config, char *error, size_t cap)
{
	char value[32];
	unsigned count = number(config->device, "queue_count", config->queues);

	*out = (struct interface_wanted){
		.queues = config->queues,
		.first = number(config->device, "start_queue", 0),
		.some_of_it = vdev_argument(config->device, "start_queue", value, sizeof(value)),
	};
	if (count != config->queues) {
		snprintf(error, cap,
			"%s says queue_count=%u, and queues is %u: leave queue_count away",
			config->device, count, config->queues);
		return -EINVAL;
	}
	if (out->first > XDP_QUEUES_MAX || out->first + out->queues > XDP_QUEUES_MAX) {
		snprintf(error, cap,
			"%s wants queue %u, and the XDP program knows %d: use queues below that",
			config->device, out->first + out->queues - 1, XDP_QUEUES_MAX);
		return -ERANGE;
	}
	return 0;
}

static int check_interface(
	const char *name, const struct interface_wanted *wanted, char *error, size_t cap)
{
	struct interface i;
	int ret = interface_ask(&i, name);

	if (ret == -ENODEV)
		snprintf(error, cap, "there is no network interface %s", name);
	else if (ret < 0)
		snprintf(error, cap, "cannot ask about %s: %s", name, strerror(-ret));
	if (ret == 0)
		ret = interface_check(&i, wanted, error, cap);
	if (ret == 0 && wanted->queues < interface_queues(&i))
		LOG_NOTICE("%s has %u queues: what comes on others than %u to %u goes to the "
			   "kernel, so steer the reaction port to these (ethtool -N)",
			name, interface_queues(&i), wanted->first,
			wanted->first + wanted->queues - 1);
	return ret;
}

/* A setting of the interface; -1 if this kernel has it not, or shows it not. */
static long setting(const char *interface, const char *name)
{
	char path[128];
	long value = -1;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", interface, name);
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return -1;
	if (fscanf(f, "%ld", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

/* Polling by the worker's own calls needs interrupts that stay away meanwhile. */
static void hint_at_busy_polling(const char *interface)
{
	if (setting(interface, "napi_defer_hard_irqs") == 0 ||
		setting(interface, "gro_flush_timeout") == 0)
		LOG_NOTICE("busy_budget does little on %s while interrupts come at once: echo 2 > "
			   "/sys/class/net/%s/napi_defer_hard_irqs; echo 200000 > "
			   "/sys/class/net/%s/gro_flush_timeout",
			interface, interface, interface);
}

static int check(struct vdev *v, const struct dataplane_port *config, char *error, size_t cap)
{
	struct interface_wanted wanted;
	int ret = queues_of(&wanted, config, error, cap);

	if (ret == 0)
		ret = af_xdp_allowed(error, cap);
	if (ret == 0)
		ret = check_interface(v->interface, &wanted, error, cap);
	if (ret == 0)
		ret = xdp_stale_clear(v->interface, config->records, error, cap);
	return ret;
}

/* The kernel's busy polling would have the worker do the sender's work on virtual devices. */
static void complete_arguments(struct vdev *v, const struct dataplane_port *config)
{
	char value[32], queues[32] = "";
	bool polls = vdev_argument(config->device, "busy_budget", value, sizeof(value));

	if (!vdev_argument(config->device, "queue_count", value, sizeof(value)))
		snprintf(queues, sizeof(queues), ",queue_count=%u", config->queues);
	snprintf(v->devargs, sizeof(v->devargs), "%s,xdp_prog=/proc/self/fd/%d%s%s", config->device,
		v->program_file, polls ? "" : ",busy_budget=0", queues);
	if (number(config->device, "busy_budget", 0) != 0)
		hint_at_busy_polling(v->interface);
}

int af_xdp_device_prepare(
	struct vdev *v, const struct dataplane_port *config, char *error, size_t cap)
{
	int ret;

	if (!vdev_argument(config->device, "iface", v->interface, sizeof(v->interface))) {
		snprintf(error, cap, "%s names no interface: write net_af_xdp0,iface=NAME",
			config->device);
		return -EINVAL;
	}
	ret = check(v, config, error, cap);
	if (ret < 0)
		return ret;
	v->program_file = xdp_program_file();
	if (v->program_file < 0) {
		snprintf(error, cap, "no memory file for the XDP program: %s",
			strerror(-v->program_file));
		return v->program_file;
	}
	complete_arguments(v, config);
	return 0;
}

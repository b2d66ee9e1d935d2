/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/needs_device.h"

#include "dataplane/vdev.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NODES_MAX = 64 };

void needs_device(const struct dataplane_port *port, struct needs_device *out)
{
	const char *device = port->device;
	char budget[16];

	*out = (struct needs_device){.kind = "other"};
	snprintf(out->device, sizeof(out->device), "%s", device);
	if (vdev_is_pci(device)) {
		vdev_name(device, out->device, sizeof(out->device));
		out->kind = "pci";
		out->locks_memory = true;
	} else if (strncmp(device, "net_af_xdp", 10) == 0) {
		vdev_argument(device, "iface", out->interface, sizeof(out->interface));
		out->kind = "af_xdp";
		out->busy_polling = vdev_argument(device, "busy_budget", budget, sizeof(budget)) &&
				    atoi(budget) > 0;
		out->locks_memory = true;
	}
}

static int read_node(const char *path)
{
	FILE *f = fopen(path, "re");
	int node = -1;

	if (f != NULL && fscanf(f, "%d", &node) != 1)
		node = -1;
	if (f != NULL)
		fclose(f);
	return node;
}

static int node_of_cpu(int cpu)
{
	char path[96];

	for (int node = 0; cpu >= 0 && node < NODES_MAX; node++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/node%d", cpu, node);
		if (access(path, F_OK) == 0)
			return node;
	}
	return 0;
}

int needs_node(const struct dataplane_port *port, int cpu)
{
	char path[DATAPLANE_DEVICE_MAX + 64];
	struct needs_device d;
	int node = -1;

	needs_device(port, &d);
	if (strcmp(d.kind, "pci") == 0) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/numa_node", d.device);
		node = read_node(path);
	} else if (d.interface[0] != '\0') {
		snprintf(path, sizeof(path), "/sys/class/net/%s/device/numa_node", d.interface);
		node = read_node(path);
	}
	return node >= 0 ? node : node_of_cpu(cpu);
}

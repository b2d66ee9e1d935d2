/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/pci.h"

#include "hugepages/host/tree.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool pci_is_address(const char *text)
{
	static const char shape[] = "xxxx:xx:xx.x";

	for (unsigned i = 0; i < sizeof(shape) - 1; i++) {
		if (shape[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != shape[i])
			return false;
	}
	return text[sizeof(shape) - 1] == '\0';
}

void pci_driver(const struct host *h, const char *address, char *out, size_t cap)
{
	if (tree_link(h, out, cap, "/sys/bus/pci/devices/%s/driver", address) < 0)
		out[0] = '\0';
}

bool pci_driver_shares(const char *driver)
{
	return strcmp(driver, "mlx5_core") == 0 || strcmp(driver, "mlx4_core") == 0 ||
	       strcmp(driver, "mana") == 0;
}

int pci_iommu_group(const struct host *h, const char *address)
{
	char group[32];

	if (tree_link(h, group, sizeof(group), "/sys/bus/pci/devices/%s/iommu_group", address) < 0)
		return -1;
	return atoi(group);
}

unsigned pci_class(const struct host *h, const char *address)
{
	char text[32];

	if (tree_read(h, text, sizeof(text), "/sys/bus/pci/devices/%s/class", address) < 0)
		return 0;
	return (unsigned)strtoul(text, NULL, 16);
}

bool pci_is_kind(const struct host *h, const char *address, unsigned kind)
{
	return pci_class(h, address) >> 16 == kind;
}

unsigned pci_group(
	const struct host *h, const char *address, char others[PCI_GROUP_MAX][PCI_ADDRESS_MAX])
{
	DIR *dir = tree_list(h, "/sys/bus/pci/devices/%s/iommu_group/devices", address);
	struct dirent *entry;
	unsigned n = 0;

	while (dir != NULL && n < PCI_GROUP_MAX && (entry = readdir(dir)) != NULL) {
		if (pci_is_address(entry->d_name) &&
			!pci_is_kind(h, entry->d_name, PCI_CLASS_BRIDGE))
			snprintf(others[n++], PCI_ADDRESS_MAX, "%.*s", PCI_ADDRESS_MAX - 1,
				entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* virtio has a device of its own between the interface and PCI: the last address in the path. */
unsigned pci_of_interface(const struct host *h, const char *interface, char out[2][PCI_ADDRESS_MAX])
{
	char path[HOST_PATH_MAX], name[HOST_PATH_MAX], real[PATH_MAX], *slash;
	unsigned n = 0;

	snprintf(name, sizeof(name), "/sys/class/net/%s/device", interface);
	if (!tree_path(h, path, name) || realpath(path, real) == NULL)
		return 0;
	while (n == 0 && (slash = strrchr(real, '/')) != NULL) {
		if (pci_is_address(slash + 1))
			snprintf(out[n++], PCI_ADDRESS_MAX, "%.*s", PCI_ADDRESS_MAX - 1, slash + 1);
		*slash = '\0';
	}
	if (n == 1 && tree_link(h, out[1], PCI_ADDRESS_MAX, "/sys/bus/pci/devices/%s/physfn",
			      out[0]) == 0)
		n++;
	return n;
}

static void add_name(char *out, size_t cap, const char *name)
{
	size_t used = strlen(out);

	snprintf(out + used, cap - used, "%s%s", used > 0 ? ", " : "", name);
}

void pci_interfaces(const struct host *h, const char *address, char *out, size_t cap)
{
	DIR *dir = tree_list(h, "/sys/class/net");
	struct dirent *entry;
	char below[2][PCI_ADDRESS_MAX];

	out[0] = '\0';
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.' && pci_of_interface(h, entry->d_name, below) > 0 &&
			strcmp(below[0], address) == 0)
			add_name(out, cap, entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
}

void pci_network_devices(const struct host *h, char *out, size_t cap)
{
	DIR *dir = tree_list(h, "/sys/bus/pci/devices");
	struct dirent *entry;

	out[0] = '\0';
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char driver[64], text[128];

		if (!pci_is_address(entry->d_name) ||
			!pci_is_kind(h, entry->d_name, PCI_CLASS_NETWORK))
			continue;
		pci_driver(h, entry->d_name, driver, sizeof(driver));
		snprintf(text, sizeof(text), "%.12s (%s)", entry->d_name,
			driver[0] != '\0' ? driver : "no driver");
		add_name(out, cap, text);
	}
	if (dir != NULL)
		closedir(dir);
}

bool pci_vfio_file(const struct host *h, const char *address, char *out, size_t cap)
{
	int group = pci_iommu_group(h, address);

	if (group < 0)
		return false;
	snprintf(out, cap, "/dev/vfio/%d", group);
	if (tree_has(h, "%s", out))
		return true;
	snprintf(out, cap, "/dev/vfio/noiommu-%d", group);
	return tree_has(h, "%s", out);
}

static bool has_open(const struct host *h, const char *process, const char *file)
{
	DIR *dir = tree_list(h, "/proc/%s/fd", process);
	struct dirent *entry;
	bool found = false;

	while (!found && dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[HOST_PATH_MAX], name[HOST_PATH_MAX], target[PATH_MAX];

		if (snprintf(name, sizeof(name), "/proc/%s/fd/%s", process, entry->d_name) < 0 ||
			!tree_path(h, path, name))
			continue;
		ssize_t len = readlink(path, target, sizeof(target) - 1);
		target[len > 0 ? len : 0] = '\0';
		found = strcmp(target, file) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

int pci_file_holder(const struct host *h, const char *file)
{
	DIR *dir = tree_list(h, "/proc");
	struct dirent *entry;
	int holder = 0;

	while (holder == 0 && dir != NULL && (entry = readdir(dir)) != NULL) {
		if (isdigit((unsigned char)entry->d_name[0]) && has_open(h, entry->d_name, file))
			holder = atoi(entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	return holder;
}

int pci_vfio_holder(const struct host *h, const char *address)
{
	char file[64];

	return pci_vfio_file(h, address, file, sizeof(file)) ? pci_file_holder(h, file) : 0;
}

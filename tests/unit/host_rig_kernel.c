/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "host_rig_kernel.h"

#include "hugepages/host/pci.h"
#include "hugepages/host/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct host_rig *rig_of(const struct host *h)
{
	return h->context;
}

static bool ends_in(const char *path, const char *end)
{
	size_t len = strlen(path), n = strlen(end);

	return len >= n && strcmp(path + len - n, end) == 0;
}

static const char *below_root(const struct host *h, const char *path)
{
	return path + strlen(h->root);
}

/* As many as there is memory for; what more there is, is free. */
static void set_pages(struct host_rig *rig, const char *path, const char *value)
{
	unsigned long want = strtoul(value, NULL, 10), has = strtoul(rig_read(rig, path), NULL, 10);
	char free_file[HOST_PATH_MAX];

	want = want > rig->pages_at_most ? rig->pages_at_most : want;
	snprintf(free_file, sizeof(free_file), "%s", path);
	strcpy(strrchr(free_file, '/'), "/free_hugepages");
	unsigned long free_ones = strtoul(rig_read(rig, free_file), NULL, 10);
	rig_file(rig, free_file, "%lu\n", free_ones + want - has);
	rig_file(rig, path, "%lu\n", want);
}

static void group_file(struct host_rig *rig, const char *address, char out[HOST_PATH_MAX])
{
	snprintf(out, HOST_PATH_MAX, "%s/dev/vfio/%d", rig->root,
		pci_iommu_group(&rig->host, address));
}

static void unbind(struct host_rig *rig, const char *address)
{
	char path[HOST_PATH_MAX], driver[64];

	pci_driver(&rig->host, address, driver, sizeof(driver));
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/driver", rig->root, address);
	unlink(path);
	group_file(rig, address, path);
	if (strcmp(driver, "vfio-pci") == 0)
		unlink(path);
}

/* A driver that is written over the choice is the only one that may have the device. */
static int probe(struct host_rig *rig, const char *address, const char *asked)
{
	char path[HOST_PATH_MAX], target[HOST_PATH_MAX], driver[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", address);
	snprintf(driver, sizeof(driver), "%s", rig_read(rig, path));
	if (strcmp(driver, "(null)") == 0) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/uproar_native", address);
		snprintf(driver, sizeof(driver), "%s", rig_read(rig, path));
	}
	if (asked != NULL && strcmp(asked, driver) != 0)
		return -ENODEV;
	if (strcmp(driver, "vfio-pci") == 0 && rig->unwilling != NULL &&
		strcmp(rig->unwilling, address) == 0)
		return 0; // drivers_probe does not say
	snprintf(path, sizeof(path), "/sys/devices/pci0000:00/%s/driver", address);
	snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
	rig_link(rig, path, target);
	if (strcmp(driver, "vfio-pci") == 0) {
		group_file(rig, address, path);
		rig_file(rig, below_root(&rig->host, path), "%s", "");
	}
	return 0;
}

static int write_value(const struct host *h, const char *full, const char *value)
{
	struct host_rig *rig = rig_of(h);
	const char *path = below_root(h, full);
	char driver[64] = "";

	if (rig->stuck != NULL && strcmp(path, rig->stuck) == 0)
		return -EIO;
	if (access(full, F_OK) < 0)
		return -errno;
	sscanf(path, "/sys/bus/pci/drivers/%63[^/]", driver);
	if (ends_in(path, "/nr_hugepages"))
		set_pages(rig, path, value);
	else if (ends_in(path, "/driver_override"))
		rig_file(rig, path, "%s\n", value[0] != '\0' ? value : "(null)");
	else if (ends_in(path, "/unbind"))
		unbind(rig, value);
	else if (ends_in(path, "/bind"))
		return probe(rig, value, driver);
	else if (ends_in(path, "/drivers_probe"))
		return probe(rig, value, NULL);
	else
		rig_file(rig, path, "%s\n", value);
	return 0;
}

static int make_folder(const struct host *h, const char *path)
{
	(void)h;
	return mkdir(path, 0755) < 0 ? -errno : 0;
}

static int remove_folder(const struct host *h, int at, const char *name)
{
	(void)h;
	return unlinkat(at, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

static int mount_it(const struct host *h, const char *path, const char *options)
{
	char mounts[HOST_PATH_MAX];
	FILE *f = tree_path(h, mounts, "/proc/mounts") ? fopen(mounts, "a") : NULL;

	if (f == NULL)
		return -errno;
	fprintf(f, "hugetlbfs %s hugetlbfs rw,%s 0 0\n", below_root(h, path), options);
	fclose(f);
	return 0;
}

static int unmount_it(const struct host *h, const char *path)
{
	char command[2 * HOST_PATH_MAX];

	snprintf(command, sizeof(command), "sed -i '\\| %s |d' %s/proc/mounts", below_root(h, path),
		h->root);
	return system(command) == 0 ? 0 : -EIO;
}

static int own(const struct host *h, const char *path, uid_t user, gid_t group, mode_t mode)
{
	(void)h;
	return lchown(path, user, group) < 0 || chmod(path, mode) < 0 ? -errno : 0;
}

/* Modules that take the door vfio-pci with them. */
static int insert(const struct host *h, const char *file)
{
	struct host_rig *rig = rig_of(h);

	if (ends_in(file, "/vfio.ko")) {
		rig_file(rig, "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "N\n");
		rig_file(rig, "/dev/vfio/vfio", "%s", "");
	} else {
		rig_folder(rig, "/sys/module/vfio_pci");
		rig_driver(rig, "vfio-pci");
	}
	return 0;
}

static int modprobe(const struct host *h, const char *program, const char *const *modules)
{
	(void)program;
	(void)modules;
	insert(h, "/vfio.ko");
	return insert(h, "/vfio-pci.ko");
}

static int remove_module(const struct host *h, const char *module)
{
	char command[3 * HOST_PATH_MAX];

	snprintf(command, sizeof(command), "cd %s && rm -r sys/module/%s %s", h->root, module,
		strcmp(module, "vfio") == 0 ? "dev/vfio" : "sys/bus/pci/drivers/vfio-pci");
	return system(command) == 0 ? 0 : -EIO;
}

const struct host_kernel rig_kernel = {
	.write = write_value,
	.make_folder = make_folder,
	.remove_folder = remove_folder,
	.mount = mount_it,
	.unmount = unmount_it,
	.own = own,
	.modprobe = modprobe,
	.insert = insert,
	.remove_module = remove_module,
};

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "host_rig.h"

#include "host_rig_kernel.h"

#include "hugepages/host/tree.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_line(char *out, const char *line)
{
	size_t used = strlen(out);

	snprintf(out + used, RIG_TEXT_MAX - used, "%s\n", line);
}

static void on_ran(void *context, const char *command)
{
	add_line(((struct host_rig *)context)->ran, command);
}

static void on_failed(void *context, const char *sentence)
{
	add_line(((struct host_rig *)context)->failed, sentence);
}

void host_rig_init(struct host_rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	snprintf(rig->root, sizeof(rig->root), "/tmp/unit-host-XXXXXX");
	cr_assert_neq(mkdtemp(rig->root), NULL);
	rig->pages_at_most = 100000;
	snprintf(rig->needs.name, sizeof(rig->needs.name), "default");
	rig->needs.nofile = 10206;
	rig->host = (struct host){
		.root = rig->root,
		.needs = &rig->needs,
		.kernel = &rig_kernel,
		.ran = on_ran,
		.failed = on_failed,
		.context = rig,
	};
	rig_folder(rig, "/run");
}

void host_rig_done(struct host_rig *rig)
{
	char command[128];

	deeds_free(&rig->host.deeds);
	snprintf(command, sizeof(command), "rm -rf %s", rig->root);
	cr_expect_eq(system(command), 0);
}

static void make_folders(char *path)
{
	for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		cr_assert(mkdir(path, 0755) == 0 || errno == EEXIST, "%s", path);
		*at = '/';
	}
}

static void complete(const struct host_rig *rig, const char *path, char out[HOST_PATH_MAX])
{
	cr_assert_lt(snprintf(out, HOST_PATH_MAX, "%s%s", rig->root, path), HOST_PATH_MAX);
}

void rig_folder(struct host_rig *rig, const char *path)
{
	char full[HOST_PATH_MAX];

	complete(rig, path, full);
	make_folders(full);
	cr_assert(mkdir(full, 0755) == 0 || errno == EEXIST, "%s", full);
}

void rig_file(struct host_rig *rig, const char *path, const char *format, ...)
{
	char full[HOST_PATH_MAX];
	va_list list;

	complete(rig, path, full);
	make_folders(full);
	FILE *f = fopen(full, "w");
	cr_assert_neq(f, NULL, "%s", full);
	va_start(list, format);
	vfprintf(f, format, list);
	va_end(list);
	fclose(f);
}

void rig_link(struct host_rig *rig, const char *path, const char *target)
{
	char full[HOST_PATH_MAX];

	complete(rig, path, full);
	make_folders(full);
	unlink(full);
	cr_assert_eq(symlink(target, full), 0, "%s", full);
}

void rig_pages(struct host_rig *rig, unsigned node, unsigned all, unsigned free_ones)
{
	char path[160];

	snprintf(path, sizeof(path),
		"/sys/devices/system/node/node%u/hugepages/hugepages-2048kB/nr_hugepages", node);
	rig_file(rig, path, "%u\n", all);
	strcpy(strrchr(path, '/'), "/free_hugepages");
	rig_file(rig, path, "%u\n", free_ones);
	rig_file(rig, "/sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages", "0\n");
}

void rig_pci(
	struct host_rig *rig, const char *address, const char *class, const char *driver, int group)
{
	char path[200], target[200];

	snprintf(path, sizeof(path), "/sys/devices/pci0000:00/%s/class", address);
	rig_file(rig, path, "%s\n", class);
	strcpy(strrchr(path, '/'), "/driver_override");
	rig_file(rig, path, "(null)\n");
	strcpy(strrchr(path, '/'), "/uproar_native"); // the driver that the kernel knows for it
	rig_file(rig, path, "%s\n", driver != NULL ? driver : "");
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", address);
	snprintf(target, sizeof(target), "../../../devices/pci0000:00/%s", address);
	rig_link(rig, path, target);
	if (driver != NULL) {
		snprintf(path, sizeof(path), "/sys/devices/pci0000:00/%s/driver", address);
		snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
		rig_link(rig, path, target);
		rig_driver(rig, driver);
	}
	if (group < 0)
		return;
	snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%d/devices/%s", group, address);
	snprintf(target, sizeof(target), "../../../../devices/pci0000:00/%s", address);
	rig_link(rig, path, target);
	snprintf(path, sizeof(path), "/sys/devices/pci0000:00/%s/iommu_group", address);
	snprintf(target, sizeof(target), "../../../kernel/iommu_groups/%d", group);
	rig_link(rig, path, target);
}

void rig_driver(struct host_rig *rig, const char *driver)
{
	char path[200];

	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/bind", driver);
	rig_file(rig, path, "%s", "");
	strcpy(strrchr(path, '/'), "/unbind");
	rig_file(rig, path, "%s", "");
	rig_file(rig, "/sys/bus/pci/drivers_probe", "%s", "");
}

void rig_interface(struct host_rig *rig, const char *name, const char *address)
{
	char path[200], target[200];

	snprintf(path, sizeof(path), "/sys/class/net/%s/device", name);
	snprintf(target, sizeof(target), "../../../devices/pci0000:00/%s", address);
	rig_link(rig, path, target);
}

void rig_over(struct host_rig *rig, const char *upper, const char *lower)
{
	char path[200], target[200];

	snprintf(path, sizeof(path), "/sys/class/net/%s/lower_%s", upper, lower);
	snprintf(target, sizeof(target), "../%s", lower);
	rig_link(rig, path, target);
}

void rig_vfio(struct host_rig *rig)
{
	rig_driver(rig, "vfio-pci");
	rig_file(rig, "/dev/vfio/vfio", "%s", "");
	rig_file(rig, "/sys/class/iommu/dmar0/type", "%s", "");
}

void rig_bare(struct host_rig *rig)
{
	rig_pages(rig, 0, 0, 0);
	rig_file(rig, "/proc/mounts", "proc /proc proc rw 0 0\n");
	rig_folder(rig, "/dev");
	rig_folder(rig, "/sys/module");
	rig_file(rig, "/sys/class/iommu/dmar0/type", "%s", "");
	rig_file(rig, "/proc/sys/kernel/osrelease", "6.1.0-test\n");
	rig_file(rig, "/lib/modules/6.1.0-test/kernel/drivers/vfio/vfio.ko", "%s", "");
	rig_file(rig, "/lib/modules/6.1.0-test/kernel/drivers/vfio/pci/vfio-pci.ko", "%s", "");
	rig_file(rig, "/proc/sys/kernel/io_uring_disabled", "0\n");
	rig_file(rig, "/proc/sys/fs/nr_open", "1048576\n");
	rig_file(rig, "/proc/self/limits", "Max open files            1024    20000    files\n");
	rig_pci(rig, "0000:3b:00.0", "0x020000", "e1000e", 7);
	rig_interface(rig, "enp59s0", "0000:3b:00.0");
}

void rig_want_device(struct host_rig *rig, const char *address)
{
	struct host_device *d = &rig->needs.devices[rig->needs.n_devices++];

	*d = (struct host_device){.kind = HOST_DEVICE_PCI, .queues = 1};
	snprintf(d->device, sizeof(d->device), "%s", address);
}

void rig_want_pages(struct host_rig *rig, unsigned node, unsigned arena, unsigned buffers)
{
	rig->needs.pages[rig->needs.n_pages++] = (struct host_pages){
		.node = node,
		.page = 2 << 20,
		.arena = (uint64_t)arena << 21,
		.buffers = (uint64_t)buffers << 21,
	};
}

struct host_finding rig_check(struct host_rig *rig, const char *stage)
{
	struct host_finding f;
	int i = host_stage_find(stage);

	cr_assert_geq(i, 0, "%s", stage);
	host_check(&rig->host, (unsigned)i, &f);
	cr_assert_neq(f.said[0], '\0', "%s says nothing", stage);
	return f;
}

struct host_finding rig_init(struct host_rig *rig, const char *stage, int expected)
{
	struct host_finding f;
	int i = host_stage_find(stage);

	cr_assert_geq(i, 0, "%s", stage);
	int ret = host_init(&rig->host, (unsigned)i, &f);
	cr_assert_eq(ret, expected, "%s: %d, %s", stage, ret, rig->failed);
	return f;
}

int rig_undo_all(struct host_rig *rig)
{
	return host_undo(&rig->host, (1u << host_n_stages) - 1);
}

const char *rig_read(const struct host_rig *rig, const char *path)
{
	static char line[2048];

	tree_read(&rig->host, line, sizeof(line), "%s", path);
	return line;
}

char *rig_snapshot(const struct host_rig *rig)
{
	char command[512];
	char *text = calloc(1, 1 << 20);

	/* The doors of the kernel are left out: what was written there is nobody's state. */
	snprintf(command, sizeof(command),
		"cd %s && find . -printf '%%p %%l %%m %%U:%%G\\n' | sort && "
		"find . -type f ! -name bind ! -name unbind ! -name drivers_probe | sort | "
		"xargs grep -aH ''",
		rig->root);
	FILE *f = popen(command, "r");
	cr_assert(f != NULL && text != NULL);
	size_t len = fread(text, 1, (1 << 20) - 1, f);
	text[len] = '\0';
	pclose(f);
	return text;
}

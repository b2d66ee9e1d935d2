/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Stage vfio: the kernel's modules, and what opens devices to other users than root. */

#include "hugepages/host/do.h"
#include "hugepages/host/modules.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <errno.h>
#include <string.h>

#define NOIOMMU "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

const char *const host_vfio_modules[] = {"irqbypass", "iommufd", "vfio", "vfio_virqfd",
	"vfio_iommu_type1", "vfio-pci-core", "vfio-pci", NULL};

static const char *const asked_for[] = {"vfio-pci", "vfio_iommu_type1", NULL};

static bool is_loaded(const struct host *h)
{
	return tree_has(h, "/sys/bus/pci/drivers/vfio-pci") && tree_has(h, "/dev/vfio/vfio");
}

static bool wants_noiommu(const struct host *h)
{
	char value[8] = "";

	tree_read(h, value, sizeof(value), NOIOMMU);
	return h->unsafe_noiommu && value[0] != 'Y';
}

static bool is_kept(const struct host *h)
{
	DIR *dir = tree_list(h, "/etc/modules-load.d");
	struct dirent *entry;
	bool found = tree_mentions(h, "vfio", "/etc/modules");

	while (!found && dir != NULL && (entry = readdir(dir)) != NULL)
		found = entry->d_name[0] != '.' &&
			tree_mentions(h, "vfio", "/etc/modules-load.d/%s", entry->d_name);
	if (dir != NULL)
		closedir(dir);
	return found || tree_mentions(h, "vfio-pci", "/etc/dpdk/interfaces");
}

static void say_missing(const struct host *h, struct host_finding *f)
{
	char file[HOST_PATH_MAX], release[128] = "";

	tree_read(h, release, sizeof(release), "/proc/sys/kernel/osrelease");
	if (host_module_file(h, "vfio-pci", file, sizeof(file))) {
		finding_is(f, HOST_TODO, "the module vfio-pci is not loaded");
		finding_mend(f, "modprobe -a vfio-pci vfio_iommu_type1");
	} else {
		finding_is(f, HOST_BY_HAND,
			"the kernel %s has no driver vfio-pci and no module for it below "
			"/lib/modules: in a container load it on the host, else take a kernel that "
			"has it, such as Debian's linux-image-amd64",
			release);
		finding_mend(f, "modprobe -a vfio-pci vfio_iommu_type1");
	}
}

void vfio_check(const struct host *h, struct host_finding *f)
{
	if (needs_pci(h->needs) == 0) {
		finding_is(f, HOST_NOT_APPLICABLE, "the configuration has no PCI device");
		return;
	}
	if (!is_loaded(h)) {
		say_missing(h, f);
	} else if (wants_noiommu(h) && !tree_has(h, NOIOMMU)) {
		finding_is(f, HOST_BY_HAND,
			"vfio-pci is there, but this kernel's vfio cannot do without an IOMMU "
			"(CONFIG_VFIO_NOIOMMU), as Debian's cloud kernels cannot: take one that "
			"can");
	} else if (wants_noiommu(h)) {
		finding_is(f, HOST_TODO,
			"vfio-pci is there; that it works without an IOMMU was asked for and is "
			"not switched on");
		finding_mend(f, "echo Y > " NOIOMMU);
	} else {
		finding_is(f, HOST_READY, "the driver vfio-pci is there");
	}
	if (!is_kept(h))
		finding_lasting(f, "echo vfio-pci > /etc/modules-load.d/uproar.conf");
}

int vfio_init(struct host *h)
{
	int ret = is_loaded(h) ? 0 : host_do_modules(h, "vfio", asked_for);

	if (ret == 0 && wants_noiommu(h) && tree_has(h, NOIOMMU))
		ret = host_do_write(h, "vfio", NOIOMMU, "Y");
	return ret;
}

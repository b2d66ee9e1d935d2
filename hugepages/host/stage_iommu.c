/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Stage iommu: read only, for the firmware and the kernel's command line decide. */

#include "hugepages/host/pci.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <ctype.h>
#include <string.h>

static unsigned count_groups(const struct host *h)
{
	DIR *dir = tree_list(h, "/sys/kernel/iommu_groups");
	struct dirent *entry;
	unsigned n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		n += isdigit((unsigned char)entry->d_name[0]) != 0;
	if (dir != NULL)
		closedir(dir);
	return n;
}

static void say_missing(const struct host *h, struct host_finding *f)
{
	bool intel = tree_mentions(h, "GenuineIntel", "/proc/cpuinfo");

	finding_is(f, HOST_BY_HAND,
		"there is no IOMMU: switch on %s in the firmware, or a vIOMMU of the virtual "
		"machine, and start the machine with it",
		intel ? "VT-d" : "AMD-Vi (IOMMU)");
	finding_mend(f, "kernel command line: %siommu=pt", intel ? "intel_iommu=on " : "");
	finding_mend(f, "or, unsafe, for then the device may write to all memory: uproar host init "
			"--unsafe-noiommu");
}

/* noiommu makes groups, too; what it does not make is safety. */
static bool is_noiommu(const struct host *h)
{
	char value[8] = "";

	tree_read(
		h, value, sizeof(value), "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
	return value[0] == 'Y' || value[0] == '1';
}

static bool is_there(const struct host *h)
{
	DIR *dir = tree_list(h, "/sys/class/iommu");
	struct dirent *entry;
	bool found = false;

	while (!found && dir != NULL && (entry = readdir(dir)) != NULL)
		found = entry->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return found;
}

void iommu_check(const struct host *h, struct host_finding *f)
{
	unsigned groups = count_groups(h);

	if (needs_pci(h->needs) == 0)
		finding_is(f, HOST_NOT_APPLICABLE, "the configuration has no PCI device");
	else if (is_there(h))
		finding_is(f, HOST_READY, "an IOMMU is there, with %u group%s of devices", groups,
			groups == 1 ? "" : "s");
	else if (is_noiommu(h))
		finding_is(f, HOST_ADVICE,
			"unsafe: vfio runs without an IOMMU, so a device, and whoever has it, may "
			"read and write all memory; root alone may open it");
	else if (h->unsafe_noiommu && !tree_has(h, "/dev/vfio/vfio"))
		finding_is(f, HOST_ADVICE,
			"unsafe: there is no IOMMU, and the stage vfio does without, as asked");
	else
		say_missing(h, f);
}

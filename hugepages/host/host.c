/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/do.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <errno.h>
#include <string.h>

const struct host_stage host_stages[] = {
	{"hugepages", "huge pages for the arena and packet buffers", hugepages_check,
		hugepages_init, false, false},
	{"hugetlbfs", "a mount of them in which the user may make files", mount_check, mount_init,
		false, false},
	{"iommu", "an IOMMU, which keeps a device to the memory that it was given", iommu_check,
		NULL, false, false},
	{"vfio", "the kernel's modules for devices of user programs", vfio_check, vfio_init, false,
		false},
	{"nic", "PCI devices taken from their drivers", nic_check, nic_init, true, false},
	{"cpus", "CPUs of the workers kept free of other work", cpus_check, cpus_init, false, true},
	{"limits", "open files and locked memory", limits_check, limits_init, false, false},
	{"busy-polling", "interfaces under AF_XDP that are polled by workers", busy_polling_check,
		busy_polling_init, true, false},
	{"io-uring", "io_uring for the fan-out", io_uring_check, io_uring_init, false, false},
};

const unsigned host_n_stages = sizeof(host_stages) / sizeof(host_stages[0]);

static const char *const verdicts[] = {
	[HOST_READY] = "ready",
	[HOST_NOT_APPLICABLE] = "not applicable",
	[HOST_ADVICE] = "advice",
	[HOST_TODO] = "to do",
	[HOST_BY_HAND] = "by hand",
	[HOST_REFUSED] = "refused",
};

const char *host_verdict_name(enum host_verdict verdict)
{
	return verdicts[verdict];
}

bool host_verdict_is_open(enum host_verdict verdict)
{
	return verdict >= HOST_TODO;
}

int host_stage_find(const char *name)
{
	for (unsigned i = 0; i < host_n_stages; i++) {
		if (strcmp(host_stages[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

unsigned needs_pci(const struct host_needs *needs)
{
	unsigned n = 0;

	for (unsigned i = 0; i < needs->n_devices; i++)
		n += needs->devices[i].kind == HOST_DEVICE_PCI;
	return n;
}

/* The unit of docs/host.md does it again at each start of the machine. */
static bool is_done_at_boot(const struct host *h)
{
	return tree_mentions(h, "uproar host init", "/etc/systemd/system/uproar-host.service");
}

void host_check(const struct host *h, unsigned stage, struct host_finding *f)
{
	*f = (struct host_finding){0};
	host_stages[stage].check(h, f);
	if (!host_stages[stage].command_line && is_done_at_boot(h))
		f->lasting[0] = '\0';
}

int host_init(struct host *h, unsigned stage, struct host_finding *f)
{
	int ret = 0;

	host_check(h, stage, f);
	bool wanted = host_stages[stage].one_by_one ? f->has_todo : f->verdict == HOST_TODO;
	if (!wanted || host_stages[stage].init == NULL)
		return 0;
	ret = host_stages[stage].init(h);
	host_check(h, stage, f);
	return ret;
}

static bool is_of(const struct deed *d, unsigned stages)
{
	int stage = host_stage_find(d->stage);

	return stage >= 0 && (stages >> stage & 1) != 0;
}

int host_undo(struct host *h, unsigned stages)
{
	unsigned in_use = 0;
	int first = 0;

	for (size_t i = h->deeds.n; i-- > 0;) {
		struct deed deed = h->deeds.list[i];

		if (!is_of(&deed, stages & ~in_use))
			continue;
		int ret = host_undo_deed(h, &deed);
		if (ret == 0)
			ret = deeds_forget(h, i);
		/* What is below files that stay, stays. */
		if (ret == -ENOTEMPTY)
			in_use |= 1u << host_stage_find(deed.stage);
		if (ret < 0 && first == 0)
			first = ret;
	}
	return first;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The small stages: IOMMU, limits, busy polling, io_uring. */

#include "host_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct host_rig rig;

static void set_up(void)
{
	host_rig_init(&rig);
	rig_file(&rig, "/etc/passwd", "root:x:0:0::/:\ncounter:x:4242:4343::/:\n");
}

static void tear_down(void)
{
	host_rig_done(&rig);
}

TestSuite(host_settings, .init = set_up, .fini = tear_down);

Test(host_settings, without_an_iommu_the_command_line_is_told)
{
	rig_want_device(&rig, "0000:3b:00.0");
	rig_file(&rig, "/proc/cpuinfo", "vendor_id\t: GenuineIntel\n");
	struct host_finding f = rig_check(&rig, "iommu");
	cr_expect_eq(f.verdict, HOST_BY_HAND);
	cr_expect_neq(strstr(f.mend, "kernel command line: intel_iommu=on iommu=pt"), NULL);
}

Test(host_settings, noiommu_is_said_to_be_unsafe)
{
	rig_want_device(&rig, "0000:3b:00.0");
	rig_file(&rig, "/sys/bus/pci/drivers/vfio-pci/bind", "%s", "");
	rig_file(&rig, "/dev/vfio/vfio", "%s", "");
	rig_file(&rig, "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "N\n");
	cr_expect_eq(rig_check(&rig, "vfio").verdict, HOST_READY);
	rig.host.unsafe_noiommu = true;
	cr_expect_eq(rig_init(&rig, "vfio", 0).verdict, HOST_READY);
	rig.host.unsafe_noiommu = false;
	struct host_finding f = rig_check(&rig, "iommu");
	cr_expect_eq(f.verdict, HOST_ADVICE);
	cr_expect_eq(strncmp(f.said, "unsafe:", 7), 0, "%s", f.said);
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_eq(rig_check(&rig, "iommu").verdict, HOST_BY_HAND);
}

Test(host_settings, a_vfio_that_cannot_do_without_an_iommu_says_so)
{
	rig_want_device(&rig, "0000:3b:00.0");
	rig_file(&rig, "/sys/bus/pci/drivers/vfio-pci/bind", "%s", "");
	rig_file(&rig, "/dev/vfio/vfio", "%s", "");
	rig.host.unsafe_noiommu = true;
	struct host_finding f = rig_init(&rig, "vfio", 0);
	cr_expect_eq(f.verdict, HOST_BY_HAND);
	cr_expect_neq(strstr(f.said, "CONFIG_VFIO_NOIOMMU"), NULL, "%s", f.said);
	cr_expect_eq(rig_check(&rig, "iommu").verdict, HOST_BY_HAND);
}

Test(host_settings, open_files_are_held_against_the_limits)
{
	rig_file(&rig, "/proc/sys/fs/nr_open", "1048576\n");
	rig_file(&rig, "/proc/self/limits",
		"Limit  Soft  Hard  Units\nMax open files            1024    20000    files\n");
	cr_expect_eq(rig_check(&rig, "limits").verdict, HOST_READY);
	rig.needs.nofile = 50000;
	struct host_finding f = rig_check(&rig, "limits");
	cr_expect_eq(f.verdict, HOST_ADVICE);
	cr_expect_str_eq(f.mend, "ulimit -Hn 50000; ulimit -Sn 50000");
	rig.needs.nofile = 2000000;
	cr_expect_eq(rig_check(&rig, "limits").verdict, HOST_TODO);
	rig_init(&rig, "limits", 0);
	cr_expect_str_eq(rig_read(&rig, "/proc/sys/fs/nr_open"), "2000000");
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_str_eq(rig_read(&rig, "/proc/sys/fs/nr_open"), "1048576");
}

Test(host_settings, locked_memory_is_held_against_its_limit)
{
	rig.needs.memlock = 64 << 20;
	rig_file(&rig, "/proc/self/limits",
		"Max open files            1024    20000    files\n"
		"Max locked memory         8388608              8388608              bytes\n");
	rig_file(&rig, "/proc/self/status", "CapEff:\t0000000000000000\n");
	struct host_finding f = rig_check(&rig, "limits");
	cr_expect_eq(f.verdict, HOST_ADVICE);
	cr_expect_neq(strstr(f.mend, "ulimit -l 65536"), NULL, "%s", f.mend);
	rig_file(&rig, "/proc/self/status", "CapEff:\t0000000000004000\n");
	cr_expect_eq(rig_check(&rig, "limits").verdict, HOST_READY);
	rig_file(&rig, "/proc/self/status", "CapEff:\t0\n");
	rig_file(&rig, "/proc/self/limits",
		"Max open files            1024    20000    files\n"
		"Max locked memory         unlimited unlimited bytes\n");
	cr_expect_eq(rig_check(&rig, "limits").verdict, HOST_READY);
}

Test(host_settings, interfaces_that_workers_poll_hold_their_interrupts_back)
{
	struct host_device *d = &rig.needs.devices[rig.needs.n_devices++];

	*d = (struct host_device){.kind = HOST_DEVICE_AF_XDP, .interface = "eth1"};
	cr_expect_eq(rig_check(&rig, "busy-polling").verdict, HOST_NOT_APPLICABLE);
	d->busy_polling = true;
	cr_expect_eq(rig_check(&rig, "busy-polling").verdict, HOST_BY_HAND);
	rig_file(&rig, "/sys/class/net/eth1/napi_defer_hard_irqs", "0\n");
	rig_file(&rig, "/sys/class/net/eth1/gro_flush_timeout", "300000\n");
	cr_expect_eq(rig_init(&rig, "busy-polling", 0).verdict, HOST_READY);
	cr_expect_str_eq(rig.ran, "echo 2 > /sys/class/net/eth1/napi_defer_hard_irqs\n");
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_str_eq(rig_read(&rig, "/sys/class/net/eth1/napi_defer_hard_irqs"), "0");
}

Test(host_settings, an_interface_that_is_missing_keeps_no_other_from_being_set)
{
	const struct host_device polled = {.kind = HOST_DEVICE_AF_XDP, .busy_polling = true};

	for (unsigned i = 0; i < 2; i++) {
		struct host_device *d = &rig.needs.devices[rig.needs.n_devices++];

		*d = polled;
		snprintf(d->interface, sizeof(d->interface), "eth%u", i);
	}
	rig_file(&rig, "/sys/class/net/eth1/napi_defer_hard_irqs", "0\n");
	rig_file(&rig, "/sys/class/net/eth1/gro_flush_timeout", "0\n");
	cr_expect_eq(rig_init(&rig, "busy-polling", 0).verdict, HOST_BY_HAND);
	cr_expect_str_eq(rig_read(&rig, "/sys/class/net/eth1/gro_flush_timeout"), "200000");
	cr_expect_str_eq(rig_read(&rig, "/sys/class/net/eth1/napi_defer_hard_irqs"), "2");
}

Test(host_settings, io_uring_is_opened_no_more_than_is_needed)
{
	rig_file(&rig, "/proc/sys/kernel/io_uring_group", "-1\n");
	rig_file(&rig, "/proc/sys/kernel/io_uring_disabled", "1\n");
	cr_expect_eq(rig_check(&rig, "io-uring").verdict, HOST_READY, "for root");
	snprintf(rig.needs.user, sizeof(rig.needs.user), "counter");
	cr_expect_eq(rig_init(&rig, "io-uring", 0).verdict, HOST_READY);
	cr_expect_str_eq(rig_read(&rig, "/proc/sys/kernel/io_uring_group"), "4343");
	cr_expect_str_eq(rig_read(&rig, "/proc/sys/kernel/io_uring_disabled"), "1");
	cr_expect_eq(rig_undo_all(&rig), 0);
	rig_file(&rig, "/proc/sys/kernel/io_uring_disabled", "2\n");
	cr_expect_eq(rig_init(&rig, "io-uring", 0).verdict, HOST_READY);
	cr_expect_str_eq(rig_read(&rig, "/proc/sys/kernel/io_uring_disabled"), "1");
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_str_eq(rig_read(&rig, "/proc/sys/kernel/io_uring_disabled"), "2");
	cr_expect_str_eq(rig_read(&rig, "/proc/sys/kernel/io_uring_group"), "-1");
}

Test(host_settings, a_user_that_is_not_there_is_not_root)
{
	snprintf(rig.needs.user, sizeof(rig.needs.user), "nobody-here");
	rig_file(&rig, "/proc/sys/kernel/io_uring_group", "-1\n");
	rig_file(&rig, "/proc/sys/kernel/io_uring_disabled", "1\n");
	struct host_finding f = rig_check(&rig, "io-uring");
	cr_expect_eq(f.verdict, HOST_BY_HAND);
	cr_expect_neq(strstr(f.said, "there is no user nobody-here"), NULL, "%s", f.said);
	rig_file(&rig, "/proc/sys/kernel/io_uring_disabled", "0\n");
	cr_expect_eq(rig_check(&rig, "io-uring").verdict, HOST_READY, "for everybody");
}

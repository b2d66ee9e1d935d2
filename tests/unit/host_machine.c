/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Machines as a whole: a bare one, one that is ready, a container; and what init did undone. */

#include "host_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct host_rig rig;

static void set_up(void)
{
	host_rig_init(&rig);
}

static void tear_down(void)
{
	host_rig_done(&rig);
}

TestSuite(host_machine, .init = set_up, .fini = tear_down);

static void want_all(void)
{
	rig_want_pages(&rig, 0, 24, 64);
	rig_want_device(&rig, "0000:3b:00.0");
}

Test(host_machine, a_bare_machine_is_told_each_command)
{
	rig_bare(&rig);
	want_all();
	struct host_finding f = rig_check(&rig, "hugepages");
	cr_expect_eq(f.verdict, HOST_TODO);
	cr_expect_str_eq(f.said, "node 0 has 0 free pages of 2 MiB and needs 88 (arena 48 MiB, "
				 "packet buffers 128 MiB)");
	cr_expect_str_eq(f.mend,
		"echo 88 > "
		"/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages");
	cr_expect_str_eq(f.lasting, "echo vm.nr_hugepages=88 > /etc/sysctl.d/60-uproar.conf");
	f = rig_check(&rig, "hugetlbfs");
	cr_expect_eq(f.verdict, HOST_TODO);
	cr_expect_str_eq(f.mend, "mkdir -p /dev/hugepages\n"
				 "mount -t hugetlbfs -o pagesize=2M hugetlbfs /dev/hugepages");
	cr_expect_eq(rig_check(&rig, "iommu").verdict, HOST_READY);
	f = rig_check(&rig, "vfio");
	cr_expect_eq(f.verdict, HOST_TODO);
	cr_expect_str_eq(f.mend, "modprobe -a vfio-pci vfio_iommu_type1");
	f = rig_check(&rig, "nic");
	cr_expect_eq(f.verdict, HOST_TODO);
	cr_expect_str_eq(f.said, "0000:3b:00.0 is under e1000e, as enp59s0, whose addresses and "
				 "routes go with it");
	cr_expect_str_eq(f.mend,
		"echo vfio-pci > /sys/bus/pci/devices/0000:3b:00.0/driver_override\n"
		"echo 0000:3b:00.0 > /sys/bus/pci/drivers/e1000e/unbind\n"
		"echo 0000:3b:00.0 > /sys/bus/pci/drivers_probe");
	cr_expect_str_eq(rig.ran, "", "checks only read");
	cr_expect_eq(access("/run/uproar-host.state", F_OK), -1);
}

static void init_all(void)
{
	for (unsigned i = 0; i < host_n_stages; i++)
		rig_init(&rig, host_stages[i].name, 0);
}

Test(host_machine, init_makes_it_ready_and_undo_leaves_it_as_it_was)
{
	rig_bare(&rig);
	want_all();
	char *before = rig_snapshot(&rig);
	init_all();
	for (unsigned i = 0; i < host_n_stages; i++) {
		struct host_finding f = rig_check(&rig, host_stages[i].name);

		cr_expect_not(
			host_verdict_is_open(f.verdict), "%s: %s", host_stages[i].name, f.said);
	}
	cr_expect_str_eq(rig.ran,
		"echo 88 > "
		"/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages\n"
		"mkdir /dev/hugepages\n"
		"mount -t hugetlbfs -o pagesize=2M hugetlbfs /dev/hugepages\n"
		"insmod /lib/modules/6.1.0-test/kernel/drivers/vfio/vfio.ko\n"
		"insmod /lib/modules/6.1.0-test/kernel/drivers/vfio/pci/vfio-pci.ko\n"
		"echo vfio-pci > /sys/bus/pci/devices/0000:3b:00.0/driver_override\n"
		"echo 0000:3b:00.0 > /sys/bus/pci/drivers/e1000e/unbind\n"
		"echo 0000:3b:00.0 > /sys/bus/pci/drivers_probe\n");
	rig.ran[0] = '\0';
	/* Another process undoes it: all it knows is in the file. */
	deeds_free(&rig.host.deeds);
	cr_assert_eq(deeds_load(&rig.host), 0);
	cr_expect_eq(rig_undo_all(&rig), 0, "%s", rig.failed);
	cr_expect_str_eq(rig.ran,
		"echo > /sys/bus/pci/devices/0000:3b:00.0/driver_override\n"
		"echo 0000:3b:00.0 > /sys/bus/pci/drivers/vfio-pci/unbind\n"
		"echo 0000:3b:00.0 > /sys/bus/pci/drivers/e1000e/bind\n"
		"rmmod vfio_pci\n"
		"rmmod vfio\n"
		"umount /dev/hugepages\n"
		"rmdir /dev/hugepages\n"
		"echo 0 > "
		"/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages\n");
	char *after = rig_snapshot(&rig);
	cr_expect_str_eq(after, before);
	free(before);
	free(after);
}

Test(host_machine, a_module_that_has_another_device_stays)
{
	rig_bare(&rig);
	want_all();
	init_all();
	rig_link(&rig, "/sys/bus/pci/drivers/vfio-pci/0000:5e:00.0", "../nowhere");
	rig.ran[0] = '\0';
	cr_expect_eq(rig_undo_all(&rig), -EBUSY);
	cr_expect_neq(strstr(rig.failed, "0000:5e:00.0 is under vfio-pci"), NULL, "%s", rig.failed);
	cr_expect_eq(strstr(rig.ran, "rmmod vfio_pci"), NULL);
	cr_expect(deeds_know(&rig.host, DEED_MODULE, "vfio-pci"), "to be undone later");
}

Test(host_machine, where_all_is_ready_init_does_nothing)
{
	rig_bare(&rig);
	rig_vfio(&rig);
	rig_pages(&rig, 0, 100, 90);
	rig_pci(&rig, "0000:3b:00.0", "0x020000", "vfio-pci", 7);
	rig_file(&rig, "/proc/mounts", "hugetlbfs /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n");
	want_all();
	char *before = rig_snapshot(&rig);
	init_all();
	cr_expect_str_eq(rig.ran, "");
	cr_expect_str_eq(rig.failed, "");
	cr_expect_eq(rig_check(&rig, "hugepages").verdict, HOST_READY);
	cr_expect_eq(rig_check(&rig, "nic").verdict, HOST_READY);
	rig_undo_all(&rig);
	char *after = rig_snapshot(&rig);
	cr_expect_str_eq(after, before, "what was there before is not init's to undo");
	free(before);
	free(after);
}

Test(host_machine, where_nothing_is_to_be_found_each_stage_has_an_answer)
{
	want_all();
	rig.needs.cores[rig.needs.n_cores++] = 1;
	for (unsigned i = 0; i < host_n_stages; i++)
		rig_check(&rig, host_stages[i].name);
	init_all();
	cr_expect_str_eq(rig.ran, "");
	struct host_finding f = rig_check(&rig, "nic");
	cr_expect_eq(f.verdict, HOST_BY_HAND);
	cr_expect_str_eq(f.said, "there is no PCI device 0000:3b:00.0");
	rig.needs.n_devices = 0;
	f = rig_check(&rig, "hugepages");
	cr_expect_eq(f.verdict, HOST_NOT_APPLICABLE, "ordinary memory does: %s", f.said);
	f = rig_check(&rig, "nic");
	cr_expect_eq(f.verdict, HOST_NOT_APPLICABLE);
}

Test(host_machine, what_cannot_be_written_is_told)
{
	if (geteuid() == 0)
		cr_assert_eq(chmod(rig.root, 0755), 0);
	rig_bare(&rig);
	rig_want_pages(&rig, 0, 24, 64);
	char path[200];
	snprintf(path, sizeof(path),
		"%s/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages",
		rig.root);
	cr_assert_eq(chmod(path, 0444), 0);
	if (geteuid() == 0)
		cr_assert_eq(seteuid(65534), 0);
	struct host_finding f = rig_check(&rig, "hugepages");
	if (getuid() == 0)
		cr_assert_eq(seteuid(0), 0);
	cr_expect_eq(f.verdict, HOST_BY_HAND);
	cr_expect_neq(strstr(f.said, "cannot be written here"), NULL, "%s", f.said);
}

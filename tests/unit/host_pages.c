/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Huge pages: by node, by what is there already, within what may be had. */

#include "host_rig.h"

#include <criterion/criterion.h>
#include <string.h>

#define FILE_OF(node) \
	"/sys/devices/system/node/node" node "/hugepages/hugepages-2048kB/nr_hugepages"

static struct host_rig rig;

static void set_up(void)
{
	host_rig_init(&rig);
	rig_file(&rig, "/proc/mounts", "none /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n");
}

static void tear_down(void)
{
	host_rig_done(&rig);
}

TestSuite(host_pages, .init = set_up, .fini = tear_down);

static void two_nodes(void)
{
	rig_pages(&rig, 0, 10, 10);
	rig_pages(&rig, 1, 50, 20);
	rig_want_pages(&rig, 0, 30, 10);
	rig_want_pages(&rig, 1, 20, 40);
}

Test(host_pages, each_node_is_held_against_its_own_need)
{
	two_nodes();
	struct host_finding f = rig_check(&rig, "hugepages");
	cr_expect_eq(f.verdict, HOST_TODO);
	cr_expect_str_eq(f.mend, "echo 40 > " FILE_OF("0") "\necho 90 > " FILE_OF("1"));
	cr_expect_str_eq(f.lasting, "kernel command line: hugepagesz=2M hugepages=0:40,1:90");
	f = rig_init(&rig, "hugepages", 0);
	cr_expect_eq(f.verdict, HOST_READY, "%s", f.said);
	cr_expect_str_eq(rig_read(&rig, FILE_OF("0")), "40");
	cr_expect_str_eq(rig_read(&rig, FILE_OF("1")), "90");
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_str_eq(rig_read(&rig, FILE_OF("0")), "10");
	cr_expect_str_eq(rig_read(&rig, FILE_OF("1")), "50");
}

Test(host_pages, plenty_on_one_node_does_not_help_another)
{
	rig_pages(&rig, 0, 1000, 1000);
	rig_pages(&rig, 1, 0, 0);
	rig_want_pages(&rig, 1, 0, 8);
	cr_expect_eq(rig_check(&rig, "hugepages").verdict, HOST_TODO);
}

Test(host_pages, debians_dpdk_is_told_what_to_reserve)
{
	two_nodes();
	rig_file(&rig, "/etc/dpdk/dpdk.conf", "# NR_2M_PAGES=64\n");
	struct host_finding f = rig_check(&rig, "hugepages");
	cr_expect_str_eq(f.lasting, "echo 'NR_2M_PAGES=\"40 90\"' >> /etc/dpdk/dpdk.conf");
	rig_file(&rig, "/etc/dpdk/dpdk.conf", "NR_2M_PAGES=\"40 80\"\n");
	cr_expect_neq(rig_check(&rig, "hugepages").lasting[0], '\0', "80 are too few");
	rig_file(&rig, "/etc/dpdk/dpdk.conf", "NR_2M_PAGES=1\nNR_2M_PAGES=\"40 90\"\n");
	cr_expect_str_eq(rig_check(&rig, "hugepages").lasting, "");
	rig_file(&rig, "/etc/dpdk/dpdk.conf", "NR_2M_PAGES=130\n");
	cr_expect_str_eq(rig_check(&rig, "hugepages").lasting, "", "the kernel spreads them");
}

Test(host_pages, what_is_kept_already_is_not_told_again)
{
	rig_pages(&rig, 0, 100, 100);
	rig_want_pages(&rig, 0, 30, 10);
	cr_expect_neq(rig_check(&rig, "hugepages").lasting[0], '\0');
	rig_file(&rig, "/etc/sysctl.d/10-mine.conf", "; vm.nr_hugepages=9\n");
	cr_expect_neq(rig_check(&rig, "hugepages").lasting[0], '\0', "a comment keeps nothing");
	rig_file(&rig, "/etc/sysctl.d/10-mine.conf", "vm.nr_hugepages = 100\n");
	cr_expect_eq(rig_check(&rig, "hugepages").lasting[0], '\0');
}

Test(host_pages, what_is_done_at_each_start_is_kept)
{
	rig_pages(&rig, 0, 100, 100);
	rig_want_pages(&rig, 0, 30, 10);
	rig_file(&rig, "/etc/systemd/system/uproar-host.service",
		"[Service]\nExecStart=/usr/bin/uproar host init\n");
	cr_expect_eq(rig_check(&rig, "hugepages").lasting[0], '\0');
}

Test(host_pages, promised_pages_are_not_free)
{
	rig_pages(&rig, 0, 100, 50);
	rig_want_pages(&rig, 0, 30, 10);
	rig_file(&rig, "/sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages", "15\n");
	struct host_finding f = rig_check(&rig, "hugepages");
	cr_expect_eq(f.verdict, HOST_TODO);
	cr_expect_str_eq(f.mend, "echo 105 > " FILE_OF("0"));
}

Test(host_pages, what_the_appliance_has_is_not_needed_again)
{
	rig_pages(&rig, 0, 40, 10);
	rig_want_pages(&rig, 0, 30, 10);
	rig_file(&rig, "/dev/hugepages/uproar/default.arena", "%s", "");
	cr_expect_eq(rig_check(&rig, "hugepages").verdict, HOST_TODO, "an empty file has no pages");
	rig.needs.pages[0].arena = 4096;
	rig_file(&rig, "/dev/hugepages/uproar/default.arena", "%04000d", 0);
	struct host_finding f = rig_check(&rig, "hugepages");
	cr_expect_eq(f.verdict, HOST_READY);
	cr_expect_str_eq(f.said,
		"node 0 has 10 free pages of 2 MiB, 10 are needed beside the arena, "
		"which is there");
}

Test(host_pages, fewer_than_were_asked_for_are_said_and_undone)
{
	rig_pages(&rig, 0, 3, 3);
	rig_want_pages(&rig, 0, 30, 10);
	rig_file(&rig, "/proc/sys/vm/compact_memory", "%s", "");
	rig.pages_at_most = 17;
	struct host_finding f = rig_init(&rig, "hugepages", 0);
	cr_expect_eq(f.verdict, HOST_TODO);
	cr_expect_neq(strstr(f.said, "has 17 free pages"), NULL, "%s", f.said);
	cr_expect_neq(strstr(rig.ran, "echo 1 > /proc/sys/vm/compact_memory"), NULL);
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_str_eq(rig_read(&rig, FILE_OF("0")), "3");
	cr_expect_str_eq(rig.failed, "");
}

Test(host_pages, a_node_without_memory_is_said)
{
	rig_pages(&rig, 0, 0, 0);
	rig_want_pages(&rig, 0, 3000, 10);
	rig_file(&rig, "/sys/devices/system/node/node0/meminfo",
		"Node 0 MemTotal: 4096000 kB\nNode 0 MemFree: 1048576 kB\n"
		"Node 0 FilePages: 1024 kB\n");
	struct host_finding f = rig_check(&rig, "hugepages");
	cr_expect_eq(f.verdict, HOST_BY_HAND);
	cr_expect_neq(strstr(f.said, "node 0 has no more than 1025 MiB"), NULL, "%s", f.said);
}

Test(host_pages, control_groups_of_either_version_limit_them)
{
	rig_pages(&rig, 0, 100, 100);
	rig_want_pages(&rig, 0, 30, 10);
	rig_file(&rig, "/proc/self/cgroup", "3:cpu:/a\n0::/machine/uproar\n");
	rig_file(&rig, "/sys/fs/cgroup/machine/hugetlb.2MB.max", "33554432\n");
	rig_file(&rig, "/sys/fs/cgroup/machine/uproar/hugetlb.2MB.max", "max\n");
	struct host_finding f = rig_check(&rig, "hugepages");
	cr_expect_eq(f.verdict, HOST_BY_HAND);
	cr_expect_neq(strstr(f.said, "may take 32 MiB more of huge pages, 80 are needed"), NULL,
		"%s", f.said);
	cr_expect_str_eq(f.mend, "echo max > /sys/fs/cgroup/machine/hugetlb.2MB.max");
	rig_file(&rig, "/sys/fs/cgroup/machine/hugetlb.2MB.max", "max\n");
	cr_expect_eq(rig_check(&rig, "hugepages").verdict, HOST_READY);
	rig_file(&rig, "/proc/self/cgroup", "9:hugetlb:/box\n");
	rig_file(&rig, "/sys/fs/cgroup/hugetlb/box/hugetlb.2MB.limit_in_bytes", "83886080\n");
	rig_file(&rig, "/sys/fs/cgroup/hugetlb/box/hugetlb.2MB.usage_in_bytes", "2097152\n");
	cr_expect_eq(rig_check(&rig, "hugepages").verdict, HOST_BY_HAND);
	rig_file(&rig, "/sys/fs/cgroup/hugetlb/box/hugetlb.2MB.limit_in_bytes",
		"9223372036854771712\n");
	cr_expect_eq(rig_check(&rig, "hugepages").verdict, HOST_READY, "that is no limit");
}

Test(host_pages, mounts_of_other_sizes_and_hidden_ones_do_not_count)
{
	rig_pages(&rig, 0, 0, 0);
	rig_want_pages(&rig, 0, 1, 1);
	rig_file(&rig, "/proc/mounts",
		"none /mnt/huge-1G hugetlbfs rw,pagesize=1024M 0 0\n"
		"none /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n"
		"tmpfs /dev/hugepages tmpfs rw 0 0\n");
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_TODO);
	rig_file(&rig, "/proc/mounts", "none /mnt/huge hugetlbfs rw 0 0\n");
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_READY);
	rig_file(&rig, "/proc/meminfo", "Hugepagesize:    1048576 kB\n");
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_TODO);
}

Test(host_pages, who_needs_no_pages_needs_no_mount)
{
	rig_pages(&rig, 0, 0, 0);
	rig_file(&rig, "/proc/mounts", "proc /proc proc rw 0 0\n");
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_NOT_APPLICABLE);
	rig_want_pages(&rig, 0, 1, 1);
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_TODO);
}

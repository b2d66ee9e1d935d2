/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Undoing: exactly what was done, by whomever may. */

#include "host_rig.h"

#include "hugepages/host/do.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES "/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages"

static struct host_rig rig;

static void set_up(void)
{
	host_rig_init(&rig);
	rig_bare(&rig);
	rig_want_pages(&rig, 0, 30, 10);
}

static void tear_down(void)
{
	host_rig_done(&rig);
}

TestSuite(host_undo, .init = set_up, .fini = tear_down);

Test(host_undo, what_somebody_changed_since_is_left)
{
	rig_init(&rig, "hugepages", 0);
	rig_file(&rig, PAGES, "500\n");
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_str_eq(rig_read(&rig, PAGES), "500");
	cr_expect_neq(
		strstr(rig.failed, "is 500 and not 40 as init left it"), NULL, "%s", rig.failed);
	cr_expect_eq(rig.host.deeds.n, 0);
}

Test(host_undo, two_inits_are_undone_to_the_beginning)
{
	rig_init(&rig, "hugepages", 0);
	rig.needs.pages[0].buffers += 4 << 20;
	rig_init(&rig, "hugepages", 0);
	cr_expect_str_eq(rig_read(&rig, PAGES), "42");
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_str_eq(rig_read(&rig, PAGES), "0");
	cr_expect_str_eq(rig.failed, "");
}

Test(host_undo, one_stage_is_undone_alone)
{
	rig_init(&rig, "hugepages", 0);
	rig_init(&rig, "hugetlbfs", 0);
	cr_expect_eq(host_undo(&rig.host, 1u << host_stage_find("hugepages")), 0);
	cr_expect_str_eq(rig_read(&rig, PAGES), "0");
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_READY);
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_TODO);
}

Test(host_undo, a_mount_that_holds_counters_is_left)
{
	rig_init(&rig, "hugetlbfs", 0);
	rig_file(&rig, "/dev/hugepages/uproar/default.arena", "taps");
	cr_expect_eq(rig_undo_all(&rig), -ENOTEMPTY);
	cr_expect_neq(strstr(rig.failed, "/dev/hugepages holds files"), NULL, "%s", rig.failed);
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_READY);
}

Test(host_undo, the_users_folder_is_given_and_taken_back)
{
	if (geteuid() != 0)
		cr_skip("takes root");
	rig_file(&rig, "/etc/passwd", "root:x:0:0::/:\ncounter:x:4242:4343::/:\n");
	snprintf(rig.needs.user, sizeof(rig.needs.user), "counter");
	char *before = rig_snapshot(&rig);
	struct host_finding f = rig_init(&rig, "hugetlbfs", 0);
	cr_expect_eq(f.verdict, HOST_READY, "%s", f.said);
	cr_expect_neq(strstr(rig.ran, "chown 4242:4343 /dev/hugepages/uproar && chmod 700"), NULL,
		"%s", rig.ran);
	rig_folder(&rig, "/dev/hugepages/uproar/dpdk"); // by uproard
	cr_expect_eq(rig_undo_all(&rig), 0, "%s", rig.failed);
	cr_expect_neq(
		strstr(rig.ran, "find /dev/hugepages/uproar -mindepth 1 -depth -type d -delete\n"
				"rmdir /dev/hugepages/uproar\n"),
		NULL, "%s", rig.ran);
	char *after = rig_snapshot(&rig);
	cr_expect_str_eq(after, before);
	free(before);
	free(after);
}

Test(host_undo, pages_of_another_size_stay_mounted)
{
	rig_folder(&rig, "/dev/hugepages");
	rig_file(&rig, "/proc/mounts", "none /dev/hugepages hugetlbfs rw,pagesize=1024M 0 0\n");
	rig_file(&rig, "/etc/fstab", "none /dev/hugepages hugetlbfs pagesize=1G 0 0\n");
	struct host_finding f = rig_check(&rig, "hugetlbfs");
	cr_expect_str_eq(f.mend, "mkdir -p /dev/hugepages-2M\n"
				 "mount -t hugetlbfs -o pagesize=2M hugetlbfs /dev/hugepages-2M");
	cr_expect_neq(strstr(f.lasting, "'hugetlbfs /dev/hugepages-2M hugetlbfs pagesize=2M 0 0'"),
		NULL, "%s", f.lasting);
	cr_expect_eq(rig_init(&rig, "hugetlbfs", 0).verdict, HOST_READY);
	cr_expect_str_eq(rig.ran,
		"mkdir /dev/hugepages-2M\n"
		"mount -t hugetlbfs -o pagesize=2M hugetlbfs /dev/hugepages-2M\n");
	cr_expect_eq(rig_undo_all(&rig), 0, "%s", rig.failed);
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_TODO);
}

/* By the appliance's user, in the folder that is his. */
Test(host_undo, a_link_leads_nobody_out_of_the_folder)
{
	char stray[128];

	rig_init(&rig, "hugetlbfs", 0);
	rig_folder(&rig, "/dev/hugepages/uproar");
	rig_folder(&rig, "/srv/empty");
	snprintf(stray, sizeof(stray), "%s/srv", rig.root);
	rig_link(&rig, "/dev/hugepages/uproar/dpdk", stray);
	cr_expect_eq(rig_undo_all(&rig), -ENOTEMPTY, "a link is no folder");
	strcat(stray, "/empty");
	cr_expect_eq(access(stray, F_OK), 0);
}

Test(host_undo, what_cannot_be_looked_into_is_left)
{
	rig_init(&rig, "hugetlbfs", 0);
	rig_file(&rig, "/dev/hugepages/a/b/c/d/e/f/deep.arena", "taps");
	cr_expect_eq(rig_undo_all(&rig), -ENOTEMPTY, "too deep");
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_READY);
	char command[200];
	snprintf(command, sizeof(command),
		"cd %s/dev && rm -r hugepages && ln -s /nowhere hugepages", rig.root);
	cr_assert_eq(system(command), 0);
	cr_expect_eq(host_undo(&rig.host, 1u << host_stage_find("hugetlbfs")), -ENOTEMPTY,
		"no folder to be opened");
	cr_expect_eq(rig_check(&rig, "hugetlbfs").verdict, HOST_READY, "still mounted");
}

Test(host_undo, a_user_that_is_not_there_is_said)
{
	rig_file(&rig, "/proc/mounts", "none /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n");
	rig_file(&rig, "/etc/passwd", "root:x:0:0::/:\n");
	snprintf(rig.needs.user, sizeof(rig.needs.user), "counter");
	struct host_finding f = rig_check(&rig, "hugetlbfs");
	cr_expect_eq(f.verdict, HOST_BY_HAND);
	cr_expect_neq(strstr(f.said, "there is no user counter"), NULL, "%s", f.said);
}

/* A start that was killed between the line and the deed. */
Test(host_undo, a_deed_that_was_not_done_is_forgotten)
{
	const struct deed deed = {.stage = "hugepages",
		.kind = DEED_WRITE,
		.path = PAGES,
		.before = "0",
		.after = "40"};
	const struct deed mount = {
		.stage = "hugetlbfs", .kind = DEED_MOUNT, .path = "/dev/hugepages"};

	cr_assert_eq(deeds_add(&rig.host, &deed), 0);
	cr_assert_eq(deeds_add(&rig.host, &mount), 0);
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_str_eq(rig.ran, "");
	cr_expect_str_eq(rig.failed, "");
}

static int load_again(void)
{
	deeds_free(&rig.host.deeds);
	return deeds_load(&rig.host);
}

Test(host_undo, a_file_that_others_may_write_is_not_believed)
{
	char path[128];

	rig_init(&rig, "hugepages", 0);
	cr_expect_eq(load_again(), 0);
	cr_expect_eq(rig.host.deeds.n, 1);
	snprintf(path, sizeof(path), "%s" HOST_STATE_FILE, rig.root);
	cr_assert_eq(chmod(path, 0666), 0);
	cr_expect_eq(load_again(), -EPERM);
	cr_assert_eq(chmod(path, 0644), 0);
	char other[128];
	snprintf(other, sizeof(other), "%s/run/link", rig.root);
	cr_assert_eq(link(path, other), 0);
	cr_expect_eq(load_again(), -EPERM, "it has another name");
	cr_assert_eq(unlink(path), 0);
	rig_link(&rig, HOST_STATE_FILE, "link");
	cr_expect_eq(load_again(), -ELOOP);
}

Test(host_undo, a_file_that_is_not_ours_is_refused_whole)
{
	static const char *const texts[] = {"", "uproar host 2\n", "uproar host 1\nx\n",
		"uproar host 1\nhugepages\tdance\t/p\t0\t1\n",
		"uproar host 1\nhugepages\twrite\t/p\t0\t1\t2\n",
		"uproar host 1\nhugepages\twrite\t/p\t0\n"};

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		rig_file(&rig, HOST_STATE_FILE, "%s", texts[i]);
		cr_expect_eq(load_again(), -EBADMSG, "%s", texts[i]);
		cr_expect_eq(rig.host.deeds.n, 0);
	}
	rig_file(&rig, HOST_STATE_FILE, "uproar host 1\nhugepages\twrite\t/%0300d\t0\t1\n", 0);
	cr_expect_eq(load_again(), -EBADMSG, "a path that is too long");
}

Test(host_undo, what_cannot_be_written_down_is_not_done)
{
	rig_file(&rig, "/run/nothing", "%s", "");
	char command[200];
	snprintf(command, sizeof(command), "rm -r %s/run && touch %s/run", rig.root, rig.root);
	cr_assert_eq(system(command), 0);
	rig_init(&rig, "hugepages", -ENOTDIR);
	cr_expect_str_eq(rig.ran, "");
	cr_expect_str_eq(rig_read(&rig, PAGES), "0");
	cr_expect_neq(strstr(rig.failed, "cannot be written down"), NULL, "%s", rig.failed);
	cr_expect_eq(rig.host.deeds.n, 0, "nor is it listed");
}

Test(host_undo, one_at_a_time)
{
	cr_expect_eq(deeds_lock(&rig.host), 0);
	cr_expect_eq(deeds_lock(&rig.host), -EBUSY);
}

Test(host_undo, long_values_are_kept_whole)
{
	static const char file[] = "/proc/irq/1/smp_affinity_list";
	char list[DEED_VALUE_MAX + 8] = "";

	for (unsigned i = 0; strlen(list) + 4 < DEED_VALUE_MAX; i++)
		snprintf(list + strlen(list), 5, "%03u,", i);
	rig_file(&rig, file, "%s\n", list);
	cr_expect_eq(host_do_write(&rig.host, "cpus", file, "0"), 0);
	cr_assert_eq(load_again(), 0);
	cr_expect_eq(rig_undo_all(&rig), 0);
	cr_expect_str_eq(rig_read(&rig, file), list);
	strcat(list, "1000,1001");
	cr_expect_eq(host_do_write(&rig.host, "cpus", file, list), -E2BIG);
	rig_file(&rig, file, "%s\n", list);
	cr_expect_eq(host_do_write(&rig.host, "cpus", file, "0"), -E2BIG);
	cr_expect_eq(rig.host.deeds.n, 0);
}

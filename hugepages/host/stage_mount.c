/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Stage hugetlbfs: a mount with pages of 2 MiB, and in it a folder of the user. */

#include "hugepages/host/do.h"
#include "hugepages/host/mounts.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <string.h>
#include <sys/stat.h>

#define FOLDER "/dev/hugepages"
#define OTHER_FOLDER "/dev/hugepages-2M"

enum { WANTED_PAGE = 2 << 20, OWN_MODE = 0700 };

/* The mount that the appliance takes: the first with pages of 2 MiB. */
static bool find_mount(const struct host *h, struct hugetlbfs_mount *out)
{
	struct hugetlbfs_mount mounts[MOUNTS_MAX];
	unsigned n = mounts_find(h, mounts);

	for (unsigned i = 0; i < n; i++) {
		if (mounts[i].page == WANTED_PAGE && !mounts[i].read_only) {
			*out = mounts[i];
			return true;
		}
	}
	return false;
}

/* Where one is mounted: not over pages of another size, which somebody uses. */
static const char *free_folder(const struct host *h)
{
	struct hugetlbfs_mount mounts[MOUNTS_MAX];
	unsigned n = mounts_find(h, mounts);

	for (unsigned i = 0; i < n; i++) {
		if (strcmp(mounts[i].folder, FOLDER) == 0 && mounts[i].page != WANTED_PAGE)
			return OTHER_FOLDER;
	}
	return FOLDER;
}

/* Can the user make files there: in the mount, or in our folder? */
static bool user_can(const struct host *h, const char *mount, uid_t user, gid_t group)
{
	char path[HOST_PATH_MAX], own[HOST_PATH_MAX];
	struct stat st;

	if (user == 0 || !tree_path(h, path, mount))
		return user == 0;
	if ((size_t)snprintf(own, sizeof(own), "%s/uproar", path) < sizeof(own) &&
		lstat(own, &st) == 0)
		return S_ISDIR(st.st_mode) && st.st_uid == user;
	if (stat(path, &st) < 0)
		return false;
	return (st.st_mode & S_IWOTH) || st.st_uid == user ||
	       (st.st_gid == group && (st.st_mode & S_IWGRP));
}

/* Debian's unit mounts pages of the default size at FOLDER. */
static bool is_lasting(const struct host *h, const char *folder)
{
	if (strcmp(folder, OTHER_FOLDER) == 0)
		return tree_mentions(h, OTHER_FOLDER, "/etc/fstab");
	return tree_mentions(h, "hugetlbfs", "/etc/fstab") ||
	       tree_has(h, "/lib/systemd/system/dev-hugepages.mount") ||
	       tree_has(h, "/usr/lib/systemd/system/dev-hugepages.mount");
}

static void say_lasting(const struct host *h, const char *folder, struct host_finding *f)
{
	if (!is_lasting(h, folder))
		finding_lasting(
			f, "echo 'hugetlbfs %s hugetlbfs pagesize=2M 0 0' >> /etc/fstab", folder);
}

static void judge_user(
	const struct host *h, const struct hugetlbfs_mount *mount, struct host_finding *f)
{
	const char *user = h->needs->user;
	uid_t uid;
	gid_t gid;

	if (user_find(h, &uid, &gid) < 0) {
		finding_is(
			f, HOST_BY_HAND, "there is no user %s, whom the configuration names", user);
		finding_mend(f, "adduser --system --group --no-create-home %s", user);
	} else if (!user_can(h, mount->folder, uid, gid)) {
		finding_is(f, HOST_TODO, "%s is mounted, but the user %s cannot make files there",
			mount->folder, user);
		finding_mend(
			f, "install -d -o %s -g %u -m 0700 %s/uproar", user, gid, mount->folder);
	} else {
		finding_is(f, HOST_READY, "%s has pages of 2 MiB, and %s can make files there",
			mount->folder, uid == 0 ? "root" : user);
	}
}

void mount_check(const struct host *h, struct host_finding *f)
{
	struct hugetlbfs_mount mount;

	if (h->needs->n_pages == 0) {
		finding_is(f, HOST_NOT_APPLICABLE, "the configuration needs no huge pages");
		return;
	}
	if (!tree_has(h, "/sys/kernel/mm/hugepages/hugepages-2048kB")) {
		finding_is(f, HOST_NOT_APPLICABLE, "this kernel has no huge pages of 2 MiB");
		return;
	}
	const char *folder = free_folder(h);
	if (find_mount(h, &mount)) {
		folder = mount.folder;
		judge_user(h, &mount, f);
	} else {
		finding_is(f, HOST_TODO, "hugetlbfs with pages of 2 MiB is not mounted");
		finding_mend(f, "mkdir -p %s", folder);
		finding_mend(f, "mount -t hugetlbfs -o pagesize=2M hugetlbfs %s", folder);
	}
	say_lasting(h, folder, f);
}

static int mount_one(struct host *h)
{
	const char *folder = free_folder(h);
	int ret = tree_has(h, "%s", folder) ? 0 : host_do_folder(h, "hugetlbfs", folder);

	return ret < 0 ? ret : host_do_mount(h, "hugetlbfs", folder, "pagesize=2M");
}

static int give_folder(struct host *h, const char *mount, uid_t user, gid_t group)
{
	char folder[HOST_PATH_MAX];
	int ret = 0;

	snprintf(folder, sizeof(folder), "%s/uproar", mount);
	if (!tree_has(h, "%s", folder))
		ret = host_do_folder(h, "hugetlbfs", folder);
	return ret < 0 ? ret : host_do_owner(h, "hugetlbfs", folder, user, group, OWN_MODE);
}

int mount_init(struct host *h)
{
	struct hugetlbfs_mount mount;
	uid_t user;
	gid_t group;
	int ret = find_mount(h, &mount) ? 0 : mount_one(h);

	if (ret < 0 || !find_mount(h, &mount) || user_find(h, &user, &group) < 0)
		return ret;
	return user_can(h, mount.folder, user, group) ? 0
						      : give_folder(h, mount.folder, user, group);
}

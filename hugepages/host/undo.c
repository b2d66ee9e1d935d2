/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Undoing. A deed may not have been done, for it is written down before; and somebody may have
 * changed the same since: then it is left.
 */

#include "hugepages/host/do.h"
#include "hugepages/host/kernel.h"
#include "hugepages/host/mounts.h"
#include "hugepages/host/pci.h"
#include "hugepages/host/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 4 };

/* A folder may be the appliance's user's, who may put a link in place of one at any time: each is
 * opened by its name in the one above, and no link is followed. */
static DIR *open_folder(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (fd >= 0 && dir == NULL)
		close(fd);
	return dir;
}

/* Sees each entry of a folder; goes on while see() says so. False: it could not be looked into, or
 * is too deep, or see() said so. */
static bool each_entry(struct host *h, int at, const char *name, unsigned depth,
	bool (*see)(struct host *h, int at, const char *name, unsigned depth))
{
	DIR *dir = depth < DEPTH_MAX ? open_folder(at, name) : NULL;
	struct dirent *entry;
	bool go_on = dir != NULL;

	while (go_on && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			go_on = see(h, dirfd(dir), entry->d_name, depth + 1);
	}
	if (dir != NULL)
		closedir(dir);
	return go_on;
}

/* A file cannot be opened as a folder, so there is one. */
static bool holds_no_file(struct host *h, int at, const char *name, unsigned depth)
{
	return each_entry(h, at, name, depth, holds_no_file);
}

/* Nothing at all is in a folder of which this is never called. */
static bool is_none(struct host *h, int at, const char *name, unsigned depth)
{
	(void)h;
	(void)at;
	(void)name;
	(void)depth;
	return false;
}

/* Empty folders that were made in one of ours since, such as the one for DPDK's buffers. */
static bool remove_folder(struct host *h, int at, const char *name, unsigned depth)
{
	each_entry(h, at, name, depth, remove_folder);
	h->kernel->remove_folder(h, at, name);
	return true;
}

/* What lies in a folder that was made is not ours to remove, and its folder is of use to somebody.
 */
static int keep_files(struct host *h, const char *folder)
{
	char full[HOST_PATH_MAX];

	if (tree_path(h, full, folder) && each_entry(h, AT_FDCWD, full, 0, holds_no_file))
		return 0;
	host_failed(h,
		"%s holds files, which would be lost, such as the counters of an appliance, or "
		"cannot be looked into: remove them first if they may go",
		folder);
	return -ENOTEMPTY;
}

static int undo_write(struct host *h, const struct deed *d, const char *full)
{
	char now[DEED_VALUE_MAX];

	if (tree_read(h, now, sizeof(now), "%s", d->path) < 0 || strcmp(now, d->before) == 0)
		return 0;
	if (strcmp(now, d->after) != 0) {
		host_failed(h,
			"%s is %s and not %s as init left it, so somebody else has set it "
			"since: left",
			d->path, now, d->after);
		return 0;
	}
	host_ran(h, "echo %s > %s", d->before, d->path);
	return h->kernel->write(h, full, d->before);
}

static int undo_folder(struct host *h, const struct deed *d, const char *full)
{
	int ret = tree_has(h, "%s", d->path) ? keep_files(h, d->path) : -ENOENT;

	if (ret < 0)
		return ret == -ENOENT ? 0 : ret;
	if (!each_entry(h, AT_FDCWD, full, 0, is_none)) {
		host_ran(h, "find %s -mindepth 1 -depth -type d -delete", d->path);
		each_entry(h, AT_FDCWD, full, 0, remove_folder);
	}
	host_ran(h, "rmdir %s", d->path);
	return h->kernel->remove_folder(h, AT_FDCWD, full);
}

static int undo_mount(struct host *h, const struct deed *d, const char *full)
{
	struct hugetlbfs_mount mounts[MOUNTS_MAX];
	unsigned n = mounts_find(h, mounts), i = 0;

	while (i < n && strcmp(mounts[i].folder, d->path) != 0)
		i++;
	if (i == n)
		return 0;
	int ret = keep_files(h, d->path);
	if (ret < 0)
		return ret;
	host_ran(h, "umount %s", d->path);
	return h->kernel->unmount(h, full);
}

static int undo_owner(struct host *h, const struct deed *d, const char *full)
{
	unsigned user, group, mode;
	char now[DEED_VALUE_MAX];
	struct stat st;

	if (sscanf(d->before, "%u %u %o", &user, &group, &mode) != 3 || lstat(full, &st) < 0)
		return 0;
	snprintf(now, sizeof(now), "%u %u %o", st.st_uid, st.st_gid, st.st_mode & 07777);
	if (strcmp(now, d->after) != 0)
		return 0; // another file by now: a device node that came anew
	int ret = 0;
	if (S_ISDIR(st.st_mode))
		ret = keep_files(h, d->path);
	else if (pci_file_holder(h, d->path) > 0)
		ret = -EBUSY; // its device says by whom
	if (ret < 0)
		return ret;
	host_ran(h, "chown %u:%u %s && chmod %o %s", user, group, d->path, mode, d->path);
	return h->kernel->own(h, full, user, group, mode);
}

/* The kernel would take it from vfio-pci without a word. */
static bool is_driving(struct host *h, const char *module)
{
	DIR *dir = strcmp(module, "vfio_pci") == 0 ? tree_list(h, "/sys/bus/pci/drivers/vfio-pci")
						   : NULL;
	struct dirent *entry;
	bool found = false;

	while (!found && dir != NULL && (entry = readdir(dir)) != NULL) {
		found = pci_is_address(entry->d_name);
		if (found)
			host_failed(h, "%s is under vfio-pci", entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

static int undo_module(struct host *h, const struct deed *d, const char *full)
{
	char name[DEED_PATH_MAX];

	(void)full;
	host_module_name(name, sizeof(name), d->path);
	if (!tree_has(h, "/sys/module/%s", name))
		return 0;
	if (is_driving(h, name))
		return -EBUSY;
	host_ran(h, "rmmod %s", name);
	return h->kernel->remove_module(h, name);
}

static int write_to(struct host *h, const char *value, const char *path)
{
	char full[HOST_PATH_MAX];

	host_ran(h, "echo %s%s> %s", value, value[0] != '\0' ? " " : "", path);
	return tree_path(h, full, path) ? h->kernel->write(h, full, value) : -ENAMETOOLONG;
}

/* From wherever init came to: with vfio-pci, or with no driver and only the override written. */
static int undo_nic(struct host *h, const struct deed *d, const char *full)
{
	char path[HOST_PATH_MAX], driver[DEED_VALUE_MAX] = "-";
	int ret, holder = pci_vfio_holder(h, d->path);

	(void)full;
	if (!tree_has(h, "/sys/bus/pci/devices/%s", d->path))
		return 0;
	if (holder > 0) {
		host_failed(h, "process %d has %s open: stop it first", holder, d->path);
		return -EBUSY;
	}
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", d->path);
	ret = write_to(h, "", path);
	pci_driver(h, d->path, driver, sizeof(driver));
	if (ret == 0 && strcmp(driver, "vfio-pci") == 0)
		ret = write_to(h, d->path, "/sys/bus/pci/drivers/vfio-pci/unbind");
	else if (ret == 0 && driver[0] != '\0')
		return 0; // somebody has given it to a driver already
	if (ret < 0 || strcmp(d->before, "-") == 0)
		return ret;
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%.128s/bind", d->before);
	return write_to(h, d->path, path);
}

static int undo_stuck(struct host *h, const struct deed *d, const char *full)
{
	(void)h;
	(void)d;
	(void)full;
	return 0;
}

static int (*const undoers[DEED_KINDS])(struct host *, const struct deed *, const char *) = {
	[DEED_WRITE] = undo_write,
	[DEED_FOLDER] = undo_folder,
	[DEED_MOUNT] = undo_mount,
	[DEED_OWNER] = undo_owner,
	[DEED_MODULE] = undo_module,
	[DEED_NIC] = undo_nic,
	[DEED_STUCK] = undo_stuck,
};

int host_undo_deed(struct host *h, const struct deed *deed)
{
	char full[HOST_PATH_MAX];
	int ret =
		tree_path(h, full, deed->path) ? undoers[deed->kind](h, deed, full) : -ENAMETOOLONG;

	if (ret < 0 && ret != -EBUSY && ret != -ENOTEMPTY)
		host_failed(h, "%s: %s", deed->path, strerror(-ret));
	else if (ret == -EBUSY && deed->kind != DEED_NIC && deed->kind != DEED_OWNER)
		host_failed(h, "%s is in use: stop what uses it, then undo again", deed->path);
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/module.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MODPROBE_ARGUMENTS_MAX = 16 };

/* The kernel takes a value in one piece. Its files are there already: nothing is made. */
static int write_value(const struct host *h, const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_TRUNC), ret = 0;

	(void)h;
	if (fd < 0)
		return -errno;
	if (value[0] == '\0')
		value = "\n"; // nothing at all is not written
	if (write(fd, value, strlen(value)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static int make_folder(const struct host *h, const char *path)
{
	(void)h;
	return mkdir(path, 0755) < 0 ? -errno : 0;
}

static int remove_folder(const struct host *h, int at, const char *name)
{
	(void)h;
	return unlinkat(at, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

static int mount_hugetlbfs(const struct host *h, const char *path, const char *options)
{
	(void)h;
	return mount("hugetlbfs", path, "hugetlbfs", 0, options) < 0 ? -errno : 0;
}

static int unmount(const struct host *h, const char *path)
{
	(void)h;
	return umount2(path, UMOUNT_NOFOLLOW) < 0 ? -errno : 0;
}

static int own(const struct host *h, const char *path, uid_t user, gid_t group, mode_t mode)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC), ret = 0;
	char self[64];

	(void)h;
	if (fd < 0)
		return -errno;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (fchownat(fd, "", user, group, AT_EMPTY_PATH) < 0 || chmod(self, mode) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static int run_modprobe(const struct host *h, const char *program, const char *const *modules)
{
	char *argv[MODPROBE_ARGUMENTS_MAX] = {(char *)"modprobe", (char *)"-a"};
	int status;

	(void)h;
	for (unsigned i = 0; modules[i] != NULL && i + 3 < MODPROBE_ARGUMENTS_MAX; i++)
		argv[i + 2] = (char *)modules[i];
	pid_t child = fork();
	if (child < 0)
		return -errno;
	if (child == 0) {
		execv(program, argv);
		_exit(127);
	}
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ENOENT;
}

static int insert(const struct host *h, const char *file)
{
	const char *suffix = strrchr(file, '.');
	int fd = open(file, O_RDONLY | O_CLOEXEC), ret = 0;
	int flags = strcmp(suffix, ".ko") == 0 ? 0 : MODULE_INIT_COMPRESSED_FILE;

	(void)h;
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", flags) < 0 && errno != EEXIST)
		ret = -errno;
	close(fd);
	return ret;
}

static int remove_module(const struct host *h, const char *module)
{
	(void)h;
	return syscall(SYS_delete_module, module, O_NONBLOCK) < 0 ? -errno : 0;
}

const struct host_kernel host_kernel_linux = {
	.write = write_value,
	.make_folder = make_folder,
	.remove_folder = remove_folder,
	.mount = mount_hugetlbfs,
	.unmount = unmount,
	.own = own,
	.modprobe = run_modprobe,
	.insert = insert,
	.remove_module = remove_module,
};

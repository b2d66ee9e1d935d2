/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/bpf_descriptor.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the kernel calls their descriptors. */
static const char program_kind[] = "anon_inode:bpf-prog", map_kind[] = "anon_inode:bpf-map";

static bool is_kind(int fd, const char *kind)
{
	char path[64], target[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	return strcmp(target, kind) == 0;
}

/* 0 if the descriptor is of another kind. */
static uint32_t id_of(int fd, const char *kind)
{
	struct bpf_prog_info program = {0};
	struct bpf_map_info map = {0};
	uint32_t program_len = sizeof(program), map_len = sizeof(map);

	if (!is_kind(fd, kind))
		return 0;
	if (kind == map_kind)
		return bpf_obj_get_info_by_fd(fd, &map, &map_len) < 0 ? 0 : map.id;
	return bpf_obj_get_info_by_fd(fd, &program, &program_len) < 0 ? 0 : program.id;
}

static int own(uint32_t id, const char *kind)
{
	DIR *open_ones = opendir("/proc/self/fd");
	struct dirent *entry;
	int found = -EPERM;

	if (open_ones == NULL)
		return -errno;
	while (found < 0 && (entry = readdir(open_ones)) != NULL) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && id_of(fd, kind) == id)
			found = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	}
	closedir(open_ones);
	return found;
}

int bpf_program_by_id(uint32_t id)
{
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd >= 0)
		return fd;
	return errno == EPERM ? own(id, program_kind) : -errno;
}

int bpf_map_by_id(uint32_t id)
{
	int fd = bpf_map_get_fd_by_id(id);

	if (fd >= 0)
		return fd;
	return errno == EPERM ? own(id, map_kind) : -errno;
}

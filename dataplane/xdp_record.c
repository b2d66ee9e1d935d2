/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/xdp_record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_LEN = 300 };

/* In clock ticks since boot; 0 if there is no such process. */
static uint64_t process_started(uint32_t pid)
{
	char path[64], line[1024];
	uint64_t ticks = 0;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fgets(line, sizeof(line), f) != NULL) {
		char *at = strrchr(line, ')'); // the name before it may hold anything

		for (unsigned field = 2; at != NULL && field < 22; field++)
			at = strchr(at + 1, ' ');
		if (at != NULL)
			ticks = strtoull(at, NULL, 10);
	}
	fclose(f);
	return ticks;
}

bool xdp_owner_lives(const struct xdp_owner *owner)
{
	uint64_t started = owner->pid != 0 ? process_started(owner->pid) : 0;

	if (started == 0) // of another user's, where /proc does not show those
		return owner->pid != 0 && kill((pid_t)owner->pid, 0) < 0 && errno == EPERM;
	return started == owner->started;
}

struct xdp_owner xdp_owner_self(void)
{
	uint32_t pid = (uint32_t)getpid();

	return (struct xdp_owner){pid, process_started(pid)};
}

static void path_of(char path[PATH_LEN], const char *folder, uint32_t program)
{
	snprintf(path, PATH_LEN, "%s/xdp-%u", folder, program);
}

int xdp_record_write(const char *folder, uint32_t program)
{
	struct xdp_owner self = xdp_owner_self();
	char path[PATH_LEN];

	path_of(path, folder, program);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	int ret = dprintf(fd, "%u %" PRIu64 "\n", self.pid, self.started) > 0 ? 0 : -EIO;
	close(fd);
	return ret;
}

bool xdp_record_read(const char *folder, uint32_t program, struct xdp_owner *owner)
{
	char path[PATH_LEN];

	path_of(path, folder, program);
	FILE *f = fopen(path, "re");
	bool found = f != NULL && fscanf(f, "%u %" SCNu64, &owner->pid, &owner->started) == 2;
	if (f != NULL)
		fclose(f);
	return found;
}

void xdp_record_remove(const char *folder, uint32_t program)
{
	char path[PATH_LEN];

	path_of(path, folder, program);
	unlink(path);
}

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
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	PATH_LEN = 300,
	PAUSE_MS = 20, // and so often
	PAUSES = 100,
};

/* Linux's PF_EXITING among the flags of a process. */
enum { EXITING = 0x4 };

/* What /proc/PID/stat says; all zero if there is no such process, or only its remains. */
struct process {
	uint64_t started; // clock ticks since boot
	bool exiting;     // it has been killed, and gives back what it had
};

static struct process parse(const char *stat)
{
	const char *at = strrchr(stat, ')'); // the name before it may hold anything
	struct process p = {0};

	if (at == NULL || at[1] != ' ' || at[2] == 'Z' || at[2] == 'X')
		return p;
	for (unsigned field = 2; at != NULL && field < 22; field++) {
		at = strchr(at + 1, ' ');
		if (field + 1 == 9 && at != NULL)
			p.exiting = (strtoul(at, NULL, 10) & EXITING) != 0;
	}
	if (at != NULL)
		p.started = strtoull(at, NULL, 10);
	return p;
}

static struct process process_of(uint32_t pid)
{
	char path[64], line[1024];
	struct process p = {0};

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return p;
	if (fgets(line, sizeof(line), f) != NULL)
		p = parse(line);
	fclose(f);
	return p;
}

/* One that was killed has its queues for as long as it takes to give its memory back. */
bool xdp_owner_lives(const struct xdp_owner *owner)
{
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
	struct process p = process_of(owner->pid);

	for (unsigned i = 0; p.exiting && i < PAUSES; i++) {
		nanosleep(&pause, NULL);
		p = process_of(owner->pid);
	}
	if (p.started == 0) // of another user's, where /proc does not show those
		return owner->pid != 0 && kill((pid_t)owner->pid, 0) < 0 && errno == EPERM;
	return p.started == owner->started;
}

static uint64_t own_space(void)
{
	struct stat s;

	return stat("/proc/self/ns/pid", &s) == 0 ? s.st_ino : 0;
}

bool xdp_owner_is_elsewhere(const struct xdp_owner *owner)
{
	return owner->pid != 0 && (owner->space == 0 || owner->space != own_space());
}

struct xdp_owner xdp_owner_self(void)
{
	uint32_t pid = (uint32_t)getpid();

	return (struct xdp_owner){pid, process_of(pid).started, own_space()};
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
	int len = dprintf(fd, "%u %" PRIu64 " %" PRIu64 "\n", self.pid, self.started, self.space);
	int ret = len > 0 ? 0 : -EIO;
	close(fd);
	return ret;
}

bool xdp_record_read(const char *folder, uint32_t program, struct xdp_owner *owner)
{
	char path[PATH_LEN];

	path_of(path, folder, program);
	FILE *f = fopen(path, "re");
	bool found = f != NULL && fscanf(f, "%u %" SCNu64 " %" SCNu64, &owner->pid, &owner->started,
					  &owner->space) == 3;
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

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/child.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(pid_t parent, unsigned cpu, const char *const argv[])
{
	char self[PATH_MAX], path[2 * PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	cpu_set_t set;

	if (n < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(126);
	self[n] = '\0';
	snprintf(path, sizeof(path), "%s/%s", dirname(self), argv[0]);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	execv(path, (char *const *)(uintptr_t)argv);
	perror(path);
	_exit(127);
}

pid_t child_start(unsigned cpu, const char *const argv[])
{
	pid_t parent = getpid(), child;

	fflush(NULL);
	child = fork();
	if (child == 0)
		become(parent, cpu, argv);
	return child < 0 ? -errno : child;
}

bool child_has_ended(pid_t child)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       info.si_pid == child;
}

void child_stop(pid_t child)
{
	kill(child, SIGTERM);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

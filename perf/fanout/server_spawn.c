/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/server.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void path_of(const struct server_kind *kind, char out[PATH_MAX])
{
	char self[PATH_MAX / 2] = "";
	ssize_t n = kind->ours ? readlink("/proc/self/exe", self, sizeof(self) - 1) : -1;

	if (n > 0)
		snprintf(out, PATH_MAX, "%s/%s", dirname(self), kind->program);
	else
		snprintf(out, PATH_MAX, "%s", kind->program);
}

static bool in_path(const char *program)
{
	char folders[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	char path[PATH_MAX];

	for (char *rest, *f = strtok_r(folders, ":", &rest); f != NULL;
		f = strtok_r(NULL, ":", &rest)) {
		snprintf(path, sizeof(path), "%s/%s", f, program);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

const char *server_lacks(const struct server_kind *kind)
{
	static char why[128];
	char path[PATH_MAX];

	path_of(kind, path);
	if (kind->ours ? access(path, X_OK) == 0 : in_path(kind->program))
		return NULL;
	if (kind->package != NULL)
		snprintf(why, sizeof(why), "%s is not installed: apt-get install %s", kind->program,
			kind->package);
	else
		snprintf(why, sizeof(why), "%s was not built", kind->program);
	return why;
}

static void become(const struct server *s, pid_t parent, int input)
{
	const char *argv[SERVER_ARGUMENTS_MAX] = {s->kind->program};
	char path[PATH_MAX];
	cpu_set_t set;

	path_of(s->kind, path);
	int log = open("log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (prctl(PR_SET_PDEATHSIG, s->kind->gently ? SIGTERM : SIGKILL) < 0 ||
		getppid() != parent || log < 0)
		_exit(126);
	CPU_ZERO(&set);
	CPU_SET(s->place.cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	dup2(input, 0);
	dup2(log, 1);
	dup2(log, 2);
	if (s->kind->arguments != NULL)
		s->kind->arguments(&s->place, argv);
	execvp(path, (char *const *)(uintptr_t)argv);
	perror(path);
	_exit(127);
}

int server_spawn(struct server *s)
{
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	fflush(NULL);
	s->pid = fork();
	if (s->pid == 0) {
		if (chdir(s->place.folder) < 0)
			_exit(126);
		become(s, parent, ends[0]);
	}
	close(ends[0]);
	if (s->pid < 0) {
		close(ends[1]);
		return -errno;
	}
	s->input = ends[1];
	return 0;
}

bool server_has_ended(struct server *s)
{
	if (waitpid(s->pid, NULL, WNOHANG) == 0)
		return false;
	s->pid = -1;
	return true;
}

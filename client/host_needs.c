/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/host_needs.h"

#include "client/complain.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 65536 };

/* Beside this program, in the folder of a build, or in the folder for programs of root. */
static const char *const places[] = {"uproard", "../sbin/uproard", "../control/uproard"};

static bool find_beside(char out[PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len <= 0)
		return false;
	self[len] = '\0';
	*strrchr(self, '/') = '\0';
	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (snprintf(out, PATH_MAX, "%s/%s", self, places[i]) < PATH_MAX &&
			access(out, X_OK) == 0)
			return true;
	}
	return false;
}

static void run(int out, const char *config)
{
	char path[PATH_MAX];

	dup2(out, STDOUT_FILENO);
	if (find_beside(path))
		execl(path, "uproard", "--needs", config, NULL);
	execlp("uproard", "uproard", "--needs", config, NULL);
	complain("uproard, which knows what a configuration needs, is neither beside this program "
		 "nor in PATH");
	_exit(127);
}

static size_t read_all(int fd, char out[ANSWER_MAX])
{
	size_t used = 0;
	ssize_t len;

	while (used < ANSWER_MAX && (len = read(fd, out + used, ANSWER_MAX - used)) != 0) {
		if (len < 0 && errno != EINTR)
			break;
		used += len > 0 ? (size_t)len : 0;
	}
	return used;
}

/* What it complains of goes where ours does. */
static int ask(const char *config, char answer[ANSWER_MAX], size_t *len)
{
	int ends[2], status = 0;

	if (pipe(ends) < 0)
		return -errno;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		run(ends[1], config);
	}
	close(ends[1]);
	*len = child > 0 ? read_all(ends[0], answer) : 0;
	close(ends[0]);
	if (child < 0)
		return -EAGAIN;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

int host_needs_ask(struct host_needs *needs, const char *config)
{
	static char answer[ANSWER_MAX];
	char error[256];
	size_t len;
	int ret = ask(config, answer, &len);

	if (ret < 0)
		return ret; // it has said why
	ret = host_needs_parse(needs, answer, len, error, sizeof(error));
	if (ret < 0)
		complain("what uproard says it needs cannot be read: %s", error);
	return ret;
}

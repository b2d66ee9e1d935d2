/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Capabilities belong to threads, and DPDK has threads of its own. So each gives up its own, in a
 * handler of a signal, as the C library does it for setuid(). No thread may block SIGRTMAX.
 */

#include "control/privileges.h"

#include "control/capabilities.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 5000, PAUSE_NS = 1000000 }; // for one that has no processor

/* What capabilities the thread of ours may use: CapPrm of /proc/self/task/TID/status. 0 if it has
 * ended. */
static uint64_t permitted_of(int thread)
{
	char path[64], line[256];
	unsigned long long mask = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", thread);
	FILE *f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "CapPrm: %llx", &mask) == 1)
			break;
	}
	if (f != NULL)
		fclose(f);
	return mask;
}

static void give_up_all(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	capabilities_set(0);
}

static void on_signal(int number)
{
	int was = errno;

	(void)number;
	give_up_all();
	errno = was;
}

/* Asks every thread but this one that has some. Returns one of them, or 0: there is none. */
static int ask_others(void)
{
	DIR *threads = opendir("/proc/self/task");
	struct dirent *entry;
	int left = 0;

	if (threads == NULL)
		return -errno;
	while ((entry = readdir(threads)) != NULL) {
		int thread = atoi(entry->d_name);

		if (thread <= 0 || thread == gettid() || permitted_of(thread) == 0)
			continue;
		left = thread;
		syscall(SYS_tgkill, getpid(), thread, SIGRTMAX);
	}
	closedir(threads);
	return left;
}

/* A thread that is started meanwhile by one that has not been asked yet is seen the next time. */
static int ask_until_none_is_left(void)
{
	const struct timespec pause = {.tv_nsec = PAUSE_NS};
	int left = 0;

	for (unsigned i = 0; i < TRIES && (left = ask_others()) > 0; i++)
		nanosleep(&pause, NULL);
	return left;
}

void privileges_give_up_thread(void)
{
	if (geteuid() != 0)
		give_up_all();
}

int privileges_give_up(char *error, size_t cap)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	if (geteuid() == 0)
		return 0;
	sigaction(SIGRTMAX, &action, NULL);
	int left = ask_until_none_is_left();
	signal(SIGRTMAX, SIG_IGN); // what was asked twice
	if (left != 0) {
		snprintf(error, cap, "thread %d does not give up its privileges", left);
		return left < 0 ? left : -ETIMEDOUT;
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	int ret = capabilities_set(capabilities_permitted() & CAPABILITIES_AT_THE_END);
	if (ret < 0)
		snprintf(error, cap, "cannot give up privileges: %s", strerror(-ret));
	return ret;
}

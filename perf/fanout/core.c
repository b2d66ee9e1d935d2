/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/core.h"

#include "perf/fanout/arrivals.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct core_time core_now(unsigned cpu)
{
	struct core_time t = {.wall = (double)arrivals_now() / 1e9};
	double hz = (double)sysconf(_SC_CLK_TCK);
	FILE *f = fopen("/proc/stat", "re");
	char name[16], line[256];
	unsigned long long idle, wait, steal;

	snprintf(name, sizeof(name), "cpu%u ", cpu);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, name, strlen(name)) != 0 ||
			sscanf(line, "%*s %*u %*u %*u %llu %llu %*u %*u %llu", &idle, &wait,
				&steal) != 3)
			continue;
		t.idle = (double)(idle + wait) / hz;
		t.steal = (double)steal / hz;
		break;
	}
	if (f != NULL)
		fclose(f);
	return t;
}

double core_busy(const struct core_time *begin, const struct core_time *end)
{
	double busy = (end->wall - begin->wall) - (end->idle - begin->idle);

	return busy > 0 ? busy : 0;
}

static double thread_seconds(const char *folder, const char *thread)
{
	char path[320];
	unsigned long long ns = 0;

	snprintf(path, sizeof(path), "%s/%.64s/schedstat", folder, thread);
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	fclose(f);
	return (double)ns / 1e9;
}

double process_seconds(pid_t pid)
{
	char folder[64];
	double sum = 0;

	snprintf(folder, sizeof(folder), "/proc/%d/task", pid);
	DIR *d = opendir(folder);
	for (struct dirent *e = d == NULL ? NULL : readdir(d); e != NULL; e = readdir(d)) {
		if (e->d_name[0] != '.')
			sum += thread_seconds(folder, e->d_name);
	}
	if (d != NULL)
		closedir(d);
	return sum;
}

/* The process of that name, or 0. */
static pid_t find_process(const char *name)
{
	DIR *d = opendir("/proc");
	pid_t found = 0;

	for (struct dirent *e = d == NULL ? NULL : readdir(d); e != NULL && found == 0;
		e = readdir(d)) {
		char path[300], comm[32] = "";

		snprintf(path, sizeof(path), "/proc/%s/comm", e->d_name);
		FILE *f = isdigit((unsigned char)e->d_name[0]) ? fopen(path, "re") : NULL;
		if (f != NULL && fgets(comm, sizeof(comm), f) != NULL)
			comm[strcspn(comm, "\n")] = '\0';
		if (f != NULL)
			fclose(f);
		if (strcmp(comm, name) == 0)
			found = atoi(e->d_name);
	}
	if (d != NULL)
		closedir(d);
	return found;
}

double core_softirq_seconds(unsigned cpu)
{
	char name[32];

	snprintf(name, sizeof(name), "ksoftirqd/%u", cpu);
	pid_t pid = find_process(name);
	return pid > 0 ? process_seconds(pid) : 0; // in a PID namespace it is not to be seen
}

/* Pages of files are left out: what others run changes our share of them. */
double process_memory(pid_t pid)
{
	char path[64], line[256];
	unsigned long long kb, sum = 0;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	FILE *f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "Pss_Anon: %llu", &kb) == 1 ||
			sscanf(line, "Pss_Shmem: %llu", &kb) == 1)
			sum += kb;
	}
	if (f != NULL)
		fclose(f);
	return (double)sum * 1024;
}

/* Objects of a cache of the kernel, and the size of one. */
struct cache {
	char name[64];
	double active, size;
};

static bool next_cache(FILE *f, struct cache *c)
{
	char line[512];

	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%63s %lf %*u %lf", c->name, &c->active, &c->size) == 3)
			return true;
	}
	return false;
}

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

/* What a connection may have. Those of files are left out, for they come and go with what others
 * do. */
static bool is_of_connections(const char *name)
{
	static const char *const those[] = {"TCP", "sock_inode_cache", "filp", "lsm_", "io_kiocb",
		"eventpoll_", "skbuff_", "kmalloc-"};

	for (unsigned i = 0; i < sizeof(those) / sizeof(those[0]); i++) {
		if (begins(name, those[i]))
			return true;
	}
	return false;
}

/* Each socket has a dentry too, of which there are many others. */
double kernel_objects(void)
{
	FILE *f = fopen("/proc/slabinfo", "re");
	double sum = 0, sockets = 0, dentry = 0;
	struct cache c;

	if (f == NULL)
		return -1;
	while (next_cache(f, &c)) {
		if (is_of_connections(c.name))
			sum += c.active * c.size;
		if (strcmp(c.name, "sock_inode_cache") == 0)
			sockets = c.active;
		else if (strcmp(c.name, "dentry") == 0)
			dentry = c.size;
	}
	fclose(f);
	return sum + sockets * dentry;
}

double kernel_epoll_entries(void)
{
	FILE *f = fopen("/proc/slabinfo", "re");
	double sum = 0;
	struct cache c;

	if (f == NULL)
		return -1;
	while (next_cache(f, &c)) {
		if (begins(c.name, "eventpoll_"))
			sum += c.active * c.size;
	}
	fclose(f);
	return sum;
}

double kernel_tcp_buffers(void)
{
	FILE *f = fopen("/proc/net/sockstat", "re");
	unsigned long long pages = 0;
	char line[256];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "TCP: inuse %*u orphan %*u tw %*u alloc %*u mem %llu", &pages) ==
			1)
			break;
	}
	if (f != NULL)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

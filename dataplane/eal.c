/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/eal.h"

#include "dataplane/log.h"
#include "dataplane/vdev.h"
#include "hugepages/cpu_list.h"
#include "hugepages/free_pages.h"
#include "hugepages/own_folder.h"

#include <errno.h>
#include <ftw.h>
#include <glob.h>
#include <mntent.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NO_HUGE_MB = 256 };

enum { ARGS_MAX = 96, ARGS_BYTES = 8192 };

struct args {
	int n;
	char *argv[ARGS_MAX];
	char bytes[ARGS_BYTES];
	size_t used;
	bool full;
};

/* EAL keeps pointers into its arguments. */
static struct args args;

static char prefix[64];

__attribute__((format(printf, 1, 2))) static void arg(const char *format, ...)
{
	size_t room = sizeof(args.bytes) - args.used;
	va_list list;

	va_start(list, format);
	int len = vsnprintf(args.bytes + args.used, room, format, list);
	va_end(list);
	if (len < 0 || (size_t)len >= room || args.n + 1 >= ARGS_MAX) {
		args.full = true;
		return;
	}
	args.argv[args.n++] = args.bytes + args.used;
	args.used += (size_t)len + 1;
}

static bool user_gives(const struct dataplane_config *config, const char *const *options)
{
	for (unsigned i = 0; i < config->n_eal; i++) {
		for (const char *const *o = options; *o != NULL; o++) {
			if (strncmp(config->eal[i], *o, strlen(*o)) == 0)
				return true;
		}
	}
	return false;
}

/* Worker i runs on: what was configured, else the last CPUs that we may use, shared if too few. */
static unsigned worker_cpu(
	const struct dataplane_config *config, const cpu_set_t *allowed, unsigned i)
{
	unsigned n = (unsigned)CPU_COUNT(allowed), skip;

	if (config->n_cores > 0)
		return config->cores[i % config->n_cores];
	skip = n - 1 - i % (n > 1 ? n - 1 : 1);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, allowed) && skip-- == 0)
			return cpu;
	}
	return 0;
}

/*
 * Far from the numbers of CPUs: dpdk-dumpcap calls its thread after one, and two threads of one
 * lcore number would be at the same cache of its packet buffers.
 */
enum { FIRST_WORKER_LCORE = RTE_MAX_LCORE - DATAPLANE_WORKERS_MAX };

_Static_assert(FIRST_WORKER_LCORE > 0, "the main lcore is 0");

/* The main lcore, and with it control and the fan-out, gets the CPUs that no worker has. */
static void add_lcores(
	const struct dataplane_config *config, const cpu_set_t *allowed, unsigned workers)
{
	char list[4096];
	cpu_set_t rest = *allowed;
	size_t used;

	for (unsigned i = 0; i < workers; i++)
		CPU_CLR(worker_cpu(config, allowed, i), &rest);
	if (CPU_COUNT(&rest) == 0)
		rest = *allowed;
	used = (size_t)snprintf(list, sizeof(list), "0@(");
	args.full |= !cpu_list_write(&rest, list + used, sizeof(list) - used);
	used = strlen(list);
	for (unsigned i = 0; i < workers && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%u@%u",
			i == 0 ? ")," : ",", FIRST_WORKER_LCORE + i,
			worker_cpu(config, allowed, i));
	args.full |= used >= sizeof(list);
	arg("--lcores");
	arg("%s", list);
}

static void add_devices(const struct dataplane_config *config)
{
	bool any = false;

	for (unsigned i = 0; i < config->n_ports; i++) {
		if (!vdev_is_pci(config->ports[i].device))
			continue;
		arg("-a");
		arg("%s", config->ports[i].device);
		any = true;
	}
	if (!any)
		arg("--no-pci");
}

static void add_memory(void)
{
	uint64_t free_bytes = hugepages_free_bytes();
	char folder[256];

	if (free_bytes >= DATAPLANE_HUGE_BYTES) {
		if (hugepages_own_folder(folder, sizeof(folder)))
			arg("--huge-dir=%s", folder);
		return;
	}
	LOG_NOTICE("packet buffers lie in ordinary memory: %u MiB of huge pages are free, %u are "
		   "wanted",
		(unsigned)(free_bytes >> 20), (unsigned)DATAPLANE_HUGE_BYTES >> 20);
	arg("--no-huge");
	arg("-m");
	arg("%u", NO_HUGE_MB);
}

static const char *const core_options[] = {"-l", "-c", "--lcores", "-s", "-S", NULL};
static const char *const device_options[] = {"-a", "--allow", "-b", "--block", "--no-pci", NULL};
static const char *const memory_options[] = {
	"-m", "--socket-mem", "--no-huge", "--in-memory", "--huge-dir", "--legacy-mem", NULL};

static void add_all(
	const struct dataplane_config *config, const cpu_set_t *allowed, unsigned workers)
{
	arg("uproard");
	arg("--file-prefix=%s", prefix);
	arg("--log-level=lib.*:warning");
	arg("--log-level=pmd.*:warning");
	arg("--log-level=bus.*:warning");
	if (!user_gives(config, core_options))
		add_lcores(config, allowed, workers);
	if (!user_gives(config, device_options))
		add_devices(config);
	if (!user_gives(config, memory_options))
		add_memory();
	for (unsigned i = 0; i < config->n_eal; i++)
		arg("%s", config->eal[i]);
}

/* The CPUs that we may use; those that were configured for workers must be among them. */
static int cpus_for(
	const struct dataplane_config *config, cpu_set_t *allowed, char *error, size_t cap)
{
	char list[256];

	if (sched_getaffinity(0, sizeof(*allowed), allowed) < 0) {
		snprintf(error, cap, "cannot ask which CPUs may be used: %s", strerror(errno));
		return -errno;
	}
	for (unsigned i = 0; i < config->n_cores; i++) {
		if (config->cores[i] < CPU_SETSIZE && CPU_ISSET(config->cores[i], allowed))
			continue;
		cpu_list_write(allowed, list, sizeof(list));
		snprintf(error, cap,
			"cores: CPU %u is not among those that this process may use, %s",
			config->cores[i], list);
		return -ERANGE;
	}
	return 0;
}

static const char *const log_options[] = {"--log-level", NULL};

/*
 * Errors alone during the start, unless the user asks for more: what warnings say there we say
 * better, and one of them (about a legacy socket of telemetry) comes at every start.
 */
static int init_quietly(const struct dataplane_config *config)
{
	uint32_t was = rte_log_get_global_level();

	if (!user_gives(config, log_options))
		rte_log_set_global_level(RTE_LOG_ERR);
	int ret = rte_eal_init(args.n, args.argv);
	rte_log_set_global_level(was);
	return ret;
}

int eal_start(const struct dataplane_config *config, unsigned workers, char *error, size_t cap)
{
	cpu_set_t allowed;
	int ret = cpus_for(config, &allowed, error, cap);

	if (ret < 0)
		return ret;
	snprintf(prefix, sizeof(prefix), "uproar-%s", config->name);
	rte_openlog_stream(stderr); // not to syslog besides
	add_all(config, &allowed, workers);
	if (args.full) {
		snprintf(error, cap, "too many or too long arguments for DPDK's EAL");
		return -E2BIG;
	}
	if (init_quietly(config) < 0) {
		/* It does not always say why by its error code. */
		snprintf(error, cap,
			"DPDK's EAL did not start%s%s: its own message stands above; if it cannot "
			"lock its "
			"files, another appliance of the name %s runs: give this one another "
			"--name",
			rte_errno != 0 ? ", " : "", rte_errno != 0 ? rte_strerror(rte_errno) : "",
			config->name);
		return rte_errno != 0 ? -rte_errno : -EIO;
	}
	return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

static void remove_page_files_in(const char *folder)
{
	char pattern[512];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/%smap_*", folder, prefix);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		unlink(found.gl_pathv[i]);
	globfree(&found);
}

/* Files of our prefix in the hugetlbfs mounts. */
static void remove_page_files(void)
{
	FILE *mounts = setmntent("/proc/mounts", "r");
	char folder[256];
	struct mntent *entry;

	while (mounts != NULL && (entry = getmntent(mounts)) != NULL) {
		if (strcmp(entry->mnt_type, "hugetlbfs") == 0)
			remove_page_files_in(entry->mnt_dir);
	}
	if (mounts != NULL)
		endmntent(mounts);
	if (hugepages_own_folder(folder, sizeof(folder)))
		remove_page_files_in(folder);
}

void eal_stop(void)
{
	char folder[512];

	snprintf(folder, sizeof(folder), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	remove_page_files();
	nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	char *slash = strrchr(folder, '/');
	if (slash != NULL) {
		*slash = '\0';
		rmdir(folder); // DPDK's own; stays while another process of it runs
	}
}

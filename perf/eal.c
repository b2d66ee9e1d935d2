/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/free_pages.h"
#include "perf/bench.h"

#include <errno.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Buffers of all working sets; a table of sessions is no matter of DPDK's. */
enum { NEED_HUGE = 256 << 20 };

static int find_cpus(struct bench_cpus *cpus)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		return -errno;
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && cpus->n < RIG_WORKERS_MAX; cpu--) {
		if (CPU_ISSET(cpu, &allowed))
			cpus->cpu[cpus->n++] = (unsigned)cpu;
	}
	return 0;
}

/* "0@3,1@2,...": lcore i runs on CPU i of the list. */
static void write_lcores(const struct bench_cpus *cpus, char *out, size_t cap)
{
	size_t used = 0;

	for (unsigned i = 0; i < cpus->n && used < cap; i++)
		used += (size_t)snprintf(
			out + used, cap - used, "%s%u@%u", i == 0 ? "" : ",", i, cpus->cpu[i]);
}

int eal_begin(struct bench_cpus *cpus, const char *device)
{
	static char lcores[256], prefix[64];
	static const char *argv[16] = {
		"dataplane", "--no-telemetry", "--log-level=*:error", prefix, "--lcores", lcores};
	static const char *ordinary[] = {"--no-huge", "--no-shconf", "-m", "512"};
	int argc = 6, ret = find_cpus(cpus);

	if (ret < 0)
		return ret;
	write_lcores(cpus, lcores, sizeof(lcores));
	snprintf(prefix, sizeof(prefix), "--file-prefix=uproar-bench-%ld", (long)getpid());
	if (device != NULL && strncmp(device, "net_", 4) != 0) {
		argv[argc++] = "-a";
		argv[argc++] = device;
	} else {
		argv[argc++] = "--no-pci";
	}
	if (hugepages_free_bytes() >= NEED_HUGE)
		argv[argc++] = "--in-memory";
	else
		for (unsigned i = 0; i < sizeof(ordinary) / sizeof(ordinary[0]); i++)
			argv[argc++] = ordinary[i];
	if (rte_eal_init(argc, (char **)(uintptr_t)argv) >= 0)
		return 0;
	fprintf(stderr, "DPDK did not start: %s\n", rte_strerror(rte_errno));
	eal_end();
	return rte_errno != 0 ? -rte_errno : -EIO;
}

/* DPDK leaves its folder for this process, and the one above if no other process has one there. */
void eal_end(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	rmdir(path);
	char *slash = strrchr(path, '/');
	if (slash != NULL) {
		*slash = '\0';
		rmdir(path);
	}
}

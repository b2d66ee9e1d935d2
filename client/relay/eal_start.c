/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/eal_start.h"

#include "client/complain.h"

#include <errno.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int first_cpu(const cpu_set_t *set)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, set))
			return cpu;
	}
	return 0;
}

/* EAL's folder for this process, and the one above if no other process has one there. */
static void remove_folder(char *path)
{
	char *slash = strrchr(path, '/');

	rmdir(path);
	if (slash == NULL)
		return;
	*slash = '\0';
	rmdir(path);
}

void eal_stop(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	remove_folder(path);
}

int eal_start(const char *vdev, bool verbose)
{
	char prefix[48], lcores[32];
	cpu_set_t cpus;
	bool known = sched_getaffinity(0, sizeof(cpus), &cpus) == 0;

	snprintf(prefix, sizeof(prefix), "uproar-relay-%ld", (long)getpid());
	snprintf(lcores, sizeof(lcores), "0@%d", known ? first_cpu(&cpus) : 0);
	char *argv[] = {
		(char[]){"uproar-relay"},
		(char[]){"--no-huge"},
		(char[]){"-m"},
		(char[]){"64"},
		(char[]){"--no-pci"},
		(char[]){"--no-telemetry"},
		(char[]){"--no-shconf"},
		(char[]){"--file-prefix"},
		prefix,
		(char[]){"--lcores"},
		lcores,
		(char[]){"--vdev"},
		(char *)(uintptr_t)vdev, // EAL copies it
		(char[]){"--log-level=*:critical"},
		NULL,
	};
	int argc = sizeof(argv) / sizeof(argv[0]) - 1 - verbose;

	argv[argc] = NULL;
	if (rte_eal_init(argc, argv) < 0) {
		int error = rte_errno == 0 ? ENODEV : rte_errno;
		char path[256];

		snprintf(path, sizeof(path), "%s", rte_eal_get_runtime_dir());
		remove_folder(path);
		complain("DPDK does not start: %s%s", rte_strerror(error),
			verbose ? "" : "; --verbose shows why");
		return -error;
	}
	if (known) // EAL has bound this thread to one CPU, which only a polling thread wants
		sched_setaffinity(0, sizeof(cpus), &cpus);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/device/eal_start.h"

#include "client/complain.h"

#include <errno.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <stdint.h>
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

bool eal_device_is_virtual(const char *device)
{
	return strncmp(device, "net_", 4) == 0;
}

/* "0@2,1@3": lcore 0 is this thread. */
static void write_lcores(const struct eal_wish *w, unsigned cpu, char *out, size_t cap)
{
	size_t used = (size_t)snprintf(out, cap, "0@%u", cpu);

	for (unsigned i = 0; i < w->cpus_n && used < cap; i++)
		used += (size_t)snprintf(out + used, cap - used, ",%u@%u", i + 1, w->cpus[i]);
}

enum { MEGABYTES = 64, MEGABYTES_OF_CPU = 8 }; // of ordinary pages

struct arguments {
	char *argv[EAL_ARGUMENTS_MAX + 1];
	unsigned n;
	char megabytes[16];
};

/* EAL copies what it keeps. */
static void add(struct arguments *a, const char *word)
{
	if (a->n < EAL_ARGUMENTS_MAX)
		a->argv[a->n++] = (char *)(uintptr_t)word;
}

/*
 * A card reaches memory by its physical addresses. AF_XDP takes a pool of buffers for one piece of
 * memory from end to end, which small pages do not make of it: it would lose most frames.
 */
static bool wants_huge_pages(const char *device)
{
	return !eal_device_is_virtual(device) || strncmp(device, "net_af_xdp", 10) == 0;
}

static void add_device_and_memory(struct arguments *a, const struct eal_wish *w)
{
	bool is_virtual = eal_device_is_virtual(w->device);

	add(a, is_virtual ? "--vdev" : "-a");
	add(a, w->device);
	if (is_virtual)
		add(a, "--no-pci");
	if (w->own_memory)
		return;
	if (wants_huge_pages(w->device)) {
		add(a, "--in-memory");
	} else {
		snprintf(a->megabytes, sizeof(a->megabytes), "%u",
			MEGABYTES + w->cpus_n * MEGABYTES_OF_CPU);
		add(a, "--no-huge");
		add(a, "-m");
		add(a, a->megabytes);
		add(a, "--no-shconf");
	}
}

static int init(const struct eal_wish *w, unsigned cpu)
{
	char prefix[64], lcores[16 * (EAL_CPUS_MAX + 1)];
	struct arguments a = {0};

	snprintf(prefix, sizeof(prefix), "%.30s-%ld", w->program, (long)getpid());
	write_lcores(w, cpu, lcores, sizeof(lcores));
	add(&a, w->program);
	add(&a, "--no-telemetry");
	add(&a, "--file-prefix");
	add(&a, prefix);
	add(&a, "--lcores");
	add(&a, lcores);
	if (!w->verbose)
		add(&a, "--log-level=*:critical");
	add_device_and_memory(&a, w);
	for (unsigned i = 0; i < w->arguments_n; i++)
		add(&a, w->arguments[i]);
	return rte_eal_init((int)a.n, a.argv);
}

int eal_start_as(const struct eal_wish *w)
{
	cpu_set_t cpus;
	bool known = sched_getaffinity(0, sizeof(cpus), &cpus) == 0;

	if (init(w, known ? (unsigned)first_cpu(&cpus) : 0) < 0) {
		int error = rte_errno == 0 ? ENODEV : rte_errno;
		char path[256];

		snprintf(path, sizeof(path), "%s", rte_eal_get_runtime_dir());
		remove_folder(path);
		complain("DPDK does not start: %s%s", rte_strerror(error),
			w->verbose ? "" : "; --verbose shows why");
		return -error;
	}
	if (known) // EAL has bound this thread to one CPU, which only a polling thread wants
		sched_setaffinity(0, sizeof(cpus), &cpus);
	return 0;
}

int eal_start(const char *vdev, bool verbose)
{
	return eal_start_as(
		&(struct eal_wish){.program = "uproar-relay", .device = vdev, .verbose = verbose});
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Stage limits: files that the fan-out may have open, and memory that devices may lock. */

#include "hugepages/host/do.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <stdlib.h>
#include <string.h>

#define NR_OPEN "/proc/sys/fs/nr_open"

/* The hard limit in a line of /proc/self/limits, UINT64_MAX for none; 0: not said. */
static uint64_t hard_limit(const struct host *h, const char *name)
{
	FILE *f = tree_open(h, "/proc/self/limits");
	char line[HOST_LINE_MAX], hard[32];
	uint64_t limit = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, name, strlen(name)) != 0 ||
			sscanf(line + strlen(name), "%*s %31s", hard) != 1)
			continue;
		limit = strcmp(hard, "unlimited") == 0 ? UINT64_MAX : strtoull(hard, NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return limit;
}

static void judge_files(const struct host *h, struct host_finding *f)
{
	unsigned long long need = h->needs->nofile;
	uint64_t has = hard_limit(h, "Max open files");
	int64_t most = tree_number(h, INT64_MAX, NR_OPEN);

	if (need > (uint64_t)most) {
		finding_also(f, HOST_TODO,
			"fs.nr_open allows a process %lld open files, the fan-out needs %llu",
			(long long)most, need);
		finding_mend(f, "echo %llu > " NR_OPEN, need);
		finding_lasting(
			f, "echo fs.nr_open=%llu > /etc/sysctl.d/60-uproar-files.conf", need);
	}
	if (has >= need) {
		finding_also(f, HOST_READY, "%llu open files are needed and allowed", need);
		return;
	}
	finding_also(f, HOST_ADVICE,
		"what this shell starts may have %llu files open, and all connections of the "
		"fan-out need %llu (the unit uproard.service allows 1048576)",
		(unsigned long long)has, need);
	finding_mend(f, "ulimit -Hn %llu; ulimit -Sn %llu", need, need);
}

static bool may_lock_all(const struct host *h)
{
	enum { IPC_LOCK = 14 };
	FILE *f = tree_open(h, "/proc/self/status");
	char line[HOST_LINE_MAX];
	unsigned long long mask = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		sscanf(line, "CapEff: %llx", &mask);
	if (f != NULL)
		fclose(f);
	return mask >> IPC_LOCK & 1;
}

static void judge_memory(const struct host *h, struct host_finding *f)
{
	uint64_t need = h->needs->memlock, has = hard_limit(h, "Max locked memory");

	if (need == 0)
		return;
	if (may_lock_all(h)) {
		finding_also(f, HOST_READY, "CAP_IPC_LOCK locks memory without limit");
	} else if (has >= need) {
		finding_also(f, HOST_READY, "%llu MiB of locked memory are needed and allowed",
			(unsigned long long)need >> 20);
	} else {
		finding_also(f, HOST_ADVICE,
			"what this shell starts may lock %llu MiB of memory, and devices need %llu "
			"(the unit uproard.service has no such limit)",
			(unsigned long long)has >> 20, (unsigned long long)need >> 20);
		finding_mend(f, "ulimit -l %llu", (unsigned long long)need >> 10);
	}
}

void limits_check(const struct host *h, struct host_finding *f)
{
	judge_files(h, f);
	judge_memory(h, f);
}

int limits_init(struct host *h)
{
	char value[32];

	snprintf(value, sizeof(value), "%llu", (unsigned long long)h->needs->nofile);
	return host_do_write(h, "limits", NR_OPEN, value);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Stage hugepages: pages enough for the arena and the packet buffers, on the nodes of the devices.
 */

#include "hugepages/host/do.h"
#include "hugepages/host/kernel.h"
#include "hugepages/host/page_plan.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <stdio.h>
#include <string.h>

static unsigned long long mebibytes(uint64_t bytes)
{
	return bytes >> 20;
}

static void say_node(
	const struct page_plan *p, const struct page_plan_node *n, struct host_finding *f)
{
	unsigned long long page = mebibytes(n->wants->page);

	if (n->more == 0) {
		finding_also(f, HOST_READY,
			"node %u has %llu free pages of %llu MiB, %llu are needed%s",
			n->wants->node, (unsigned long long)n->free, page,
			(unsigned long long)n->need,
			p->arena_is_there ? " beside the arena, which is there" : "");
		return;
	}
	finding_also(f, HOST_TODO,
		"node %u has %llu free pages of %llu MiB and needs %llu (arena %llu MiB, packet "
		"buffers %llu MiB)",
		n->wants->node, (unsigned long long)n->free, page, (unsigned long long)n->need,
		p->arena_is_there ? 0 : mebibytes(n->wants->arena), mebibytes(n->wants->buffers));
	finding_mend(f, "echo %llu > %s", (unsigned long long)(n->has + n->more), n->file);
}

/* What is left of a node's memory, in bytes; UINT64_MAX: not known. */
static uint64_t memory_left(const struct host *h, unsigned node)
{
	FILE *f = tree_open(h, "/sys/devices/system/node/node%u/meminfo", node);
	char line[HOST_LINE_MAX];
	unsigned long free_kb = 0, files_kb = 0;
	const char *at;

	if (f == NULL)
		return UINT64_MAX;
	while (fgets(line, sizeof(line), f) != NULL) {
		if ((at = strstr(line, "MemFree:")) != NULL)
			sscanf(at, "MemFree: %lu", &free_kb);
		else if ((at = strstr(line, "FilePages:")) != NULL)
			sscanf(at, "FilePages: %lu", &files_kb);
	}
	fclose(f);
	return ((uint64_t)free_kb + files_kb) << 10;
}

static void judge_room(const struct host *h, const struct page_plan *p, struct host_finding *f)
{
	for (unsigned i = 0; i < p->n; i++) {
		const struct page_plan_node *n = &p->nodes[i];
		uint64_t left = memory_left(h, n->wants->node);

		if (n->more > 0 && !tree_writable(h, n->file))
			finding_also(f, HOST_BY_HAND,
				"%s cannot be written here: they are reserved by root, and for a "
				"container on its host",
				n->file);
		if (n->more * n->wants->page > left)
			finding_also(f, HOST_BY_HAND,
				"node %u has no more than %llu MiB of memory that could become "
				"huge pages: fewer arena.sessions need less",
				n->wants->node, mebibytes(left));
	}
}

static void judge_cgroup(const struct host *h, const struct page_plan *p, struct host_finding *f)
{
	char file[HOST_PATH_MAX];
	uint64_t need = 0, room;

	for (unsigned i = 0; i < p->n; i++)
		need += p->nodes[i].need * p->nodes[i].wants->page;
	room = pool_cgroup_room(h, p->nodes[0].wants->page, file, sizeof(file));
	if (room >= need)
		return;
	finding_also(f, HOST_BY_HAND,
		"the control group of this process may take %llu MiB more of huge pages, %llu are "
		"needed: %s",
		mebibytes(room), mebibytes(need), file);
	finding_mend(
		f, "echo %s > %s", strstr(file, "limit_in_bytes") != NULL ? "-1" : "max", file);
}

static void judge_overcommit(
	const struct host *h, const struct page_plan *p, struct host_finding *f)
{
	int64_t more = tree_number(h, 0, "/proc/sys/vm/nr_overcommit_hugepages");

	if (more > 0 && p->short_of > 0)
		finding_also(f, HOST_TODO,
			"the %lld of vm.nr_overcommit_hugepages are not counted, for they may not "
			"be had when they are wanted",
			(long long)more);
}

void hugepages_check(const struct host *h, struct host_finding *f)
{
	const struct host_needs *needs = h->needs;
	struct page_plan plan;

	if (needs->n_pages == 0) {
		finding_is(f, HOST_NOT_APPLICABLE, "the configuration needs none");
		return;
	}
	if (!pool_has_size(h, needs->pages[0].page)) {
		finding_is(f, needs_pci(needs) > 0 ? HOST_BY_HAND : HOST_NOT_APPLICABLE,
			"this kernel has no huge pages of %llu MiB, so the appliance takes "
			"ordinary memory",
			mebibytes(needs->pages[0].page));
		return;
	}
	page_plan_make(h, &plan);
	for (unsigned i = 0; i < plan.n; i++)
		say_node(&plan, &plan.nodes[i], f);
	judge_room(h, &plan, f);
	judge_cgroup(h, &plan, f);
	judge_overcommit(h, &plan, f);
	page_plan_lasting(h, &plan, f);
}

static int reserve(struct host *h, const struct page_plan *p)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < p->n; i++) {
		char value[32];

		snprintf(value, sizeof(value), "%llu",
			(unsigned long long)(p->nodes[i].has + p->nodes[i].more));
		if (p->nodes[i].more > 0)
			ret = host_do_write(h, "hugepages", p->nodes[i].file, value);
	}
	return ret;
}

/* Memory that is free, but in pieces that are too small, may be had after it was moved together. */
int hugepages_init(struct host *h)
{
	static const char compact[] = "/proc/sys/vm/compact_memory";

	struct page_plan plan;
	char full[HOST_PATH_MAX];

	page_plan_make(h, &plan);
	int ret = reserve(h, &plan);
	page_plan_make(h, &plan);
	if (ret < 0 || plan.short_of == 0 || !tree_writable(h, compact) ||
		!tree_path(h, full, compact))
		return ret;
	host_ran(h, "echo 1 > %s", compact);
	h->kernel->write(h, full, "1");
	page_plan_make(h, &plan);
	return reserve(h, &plan);
}

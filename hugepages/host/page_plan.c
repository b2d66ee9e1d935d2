/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/page_plan.h"

#include "hugepages/host/finding.h"
#include "hugepages/host/tree.h"

#include <stdlib.h>
#include <string.h>

static uint64_t pages_of(uint64_t bytes, uint64_t page)
{
	return (bytes + page - 1) / page;
}

static uint64_t sum_of_arenas(const struct host_needs *needs)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < needs->n_pages; i++)
		sum += needs->pages[i].arena;
	return sum;
}

/* Promised pages are not free, but the kernel does not say on which node: the first one's are left.
 */
static void plan_node(const struct host *h, struct page_plan_node *n, uint64_t promised)
{
	char folder[POOL_FOLDER_MAX];

	pool_folder(h, n->wants->node, n->wants->page, folder);
	snprintf(n->file, sizeof(n->file), "%s/nr_hugepages", folder);
	n->has = (uint64_t)tree_number(h, 0, "%s", n->file);
	n->free = (uint64_t)tree_number(h, 0, "%s/free_hugepages", folder);
	n->free -= promised < n->free ? promised : n->free;
	n->more = n->need > n->free ? n->need - n->free : 0;
}

void page_plan_make(const struct host *h, struct page_plan *p)
{
	const struct host_needs *needs = h->needs;
	uint64_t held = pool_held_by_buffers(h), arena = pool_held_by_arena(h);

	*p = (struct page_plan){.n = needs->n_pages};
	p->arena_is_there = arena > 0 && arena >= sum_of_arenas(needs);
	for (unsigned i = 0; i < p->n; i++) {
		struct page_plan_node *n = &p->nodes[i];
		uint64_t page = needs->pages[i].page, buffers = needs->pages[i].buffers;
		uint64_t has = held < buffers ? held : buffers;

		n->wants = &needs->pages[i];
		n->need = pages_of(buffers - has, page) +
			  (p->arena_is_there ? 0 : pages_of(n->wants->arena, page));
		held -= has;
		plan_node(h, n, i == 0 ? pool_promised(h, page) : 0);
		p->short_of += n->more;
	}
}

/* Debian's package dpdk reserves at each start of the machine what this file says, one number for
 * all nodes or one for each. It is read as a shell reads it: the last line counts. */
static bool debian_says(const struct host *h, char *out, size_t cap)
{
	FILE *f = tree_open(h, "/etc/dpdk/dpdk.conf");
	char line[HOST_LINE_MAX];

	out[0] = '\0';
	if (f == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "NR_2M_PAGES=", 12) != 0)
			continue;
		const char *value = line + 12 + (line[12] == '"');
		snprintf(out, cap, "%.*s", (int)strcspn(value, "\"\n#"), value);
	}
	fclose(f);
	return true;
}

/* Enough for each node of the plan? */
static bool numbers_suffice(const struct page_plan *p, const char *numbers)
{
	bool by_node = strchr(numbers, ' ') != NULL;
	uint64_t sum = 0;
	char *end;

	for (unsigned i = 0; i < p->n; i++) {
		const char *at = numbers;
		uint64_t n = 0;

		for (unsigned node = 0; by_node && node <= p->nodes[i].wants->node;
			node++, at = end)
			n = strtoull(at, &end, 10);
		if (by_node && n < p->nodes[i].has + p->nodes[i].more)
			return false;
		sum += p->nodes[i].has + p->nodes[i].more;
	}
	return by_node || strtoull(numbers, NULL, 10) >= sum;
}

static bool sysctl_says(const struct host *h)
{
	DIR *dir = tree_list(h, "/etc/sysctl.d");
	struct dirent *entry;
	bool found = tree_mentions(h, "vm.nr_hugepages", "/etc/sysctl.conf");

	while (!found && dir != NULL && (entry = readdir(dir)) != NULL)
		found = entry->d_name[0] != '.' &&
			tree_mentions(h, "vm.nr_hugepages", "/etc/sysctl.d/%s", entry->d_name);
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* The numbers of pages, node by node, with what stands between; a node that is not in the plan
 * has none. */
static void write_numbers(
	const struct page_plan *p, bool with_nodes, const char *between, char *out, size_t cap)
{
	size_t used = 0;
	unsigned last = 0;

	for (unsigned i = 0; i < p->n; i++)
		last = p->nodes[i].wants->node > last ? p->nodes[i].wants->node : last;
	out[0] = '\0';
	for (unsigned node = 0; node <= last && used < cap; node++) {
		unsigned long long n = 0;
		char number[32] = "";

		for (unsigned i = 0; i < p->n; i++) {
			if (p->nodes[i].wants->node == node)
				n += p->nodes[i].has + p->nodes[i].more;
		}
		if (with_nodes)
			snprintf(number, sizeof(number), "%u:", node);
		used += (size_t)snprintf(
			out + used, cap - used, "%s%s%llu", node > 0 ? between : "", number, n);
	}
}

void page_plan_lasting(const struct host *h, const struct page_plan *p, struct host_finding *f)
{
	char debian[128], numbers[256];

	if (tree_mentions(h, "hugepages=", "/proc/cmdline"))
		return;
	if (debian_says(h, debian, sizeof(debian))) {
		if (debian[0] != '\0' && numbers_suffice(p, debian))
			return;
		write_numbers(p, false, " ", numbers, sizeof(numbers));
		finding_lasting(f, "echo 'NR_2M_PAGES=\"%s\"' >> /etc/dpdk/dpdk.conf", numbers);
	} else if (p->n > 1 || p->nodes[0].wants->node > 0) {
		write_numbers(p, true, ",", numbers, sizeof(numbers));
		finding_lasting(f, "kernel command line: hugepagesz=2M hugepages=%s", numbers);
	} else if (!sysctl_says(h)) {
		finding_lasting(f, "echo vm.nr_hugepages=%llu > /etc/sysctl.d/60-uproar.conf",
			(unsigned long long)(p->nodes[0].has + p->nodes[0].more));
	}
}

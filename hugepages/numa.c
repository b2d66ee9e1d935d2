/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/numa.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NODES_MAX = 1024, BITS = 8 * sizeof(unsigned long) };

struct pages {
	uintptr_t from, to;
};

static struct pages pages_of(const void *memory, size_t len, size_t page)
{
	uintptr_t from = (uintptr_t)memory + page / 2, to = (uintptr_t)memory + len + page / 2;

	return (struct pages){from - from % page, to - to % page};
}

unsigned numa_count(const char *list)
{
	unsigned first, last, n = 0;
	int used;

	while (sscanf(list, "%u%n", &first, &used) == 1) {
		list += used;
		last = first;
		if (sscanf(list, "-%u%n", &last, &used) == 1)
			list += used;
		n += last >= first ? last - first + 1 : 0;
		if (*list++ != ',')
			break;
	}
	return n;
}

unsigned numa_nodes(void)
{
	FILE *f = fopen("/sys/devices/system/node/has_memory", "re");
	char list[256] = "";
	unsigned n = 0;

	if (f != NULL) {
		if (fgets(list, sizeof(list), f) != NULL)
			n = numa_count(list);
		fclose(f);
	}
	return n > 0 ? n : 1;
}

int numa_move(void *memory, size_t len, size_t page, int node)
{
	struct pages p = pages_of(memory, len, page);
	unsigned long mask[NODES_MAX / BITS] = {0};

	if (node < 0 || node >= NODES_MAX)
		return -EINVAL;
	if (p.from == p.to)
		return 0;
	mask[node / BITS] = 1ul << node % BITS;
	/* The kernel takes off one from the number of bits. */
	if (syscall(SYS_mbind, p.from, p.to - p.from, MPOL_PREFERRED, mask, NODES_MAX + 1ul,
		    MPOL_MF_MOVE) < 0)
		return -errno;
	return 0;
}

size_t numa_elsewhere(const void *memory, size_t len, size_t page, int node)
{
	struct pages p = pages_of(memory, len, page);
	size_t n = 0;

	for (uintptr_t at = p.from; at < p.to; at += page) {
		int lies = -1;

		if (syscall(SYS_get_mempolicy, &lies, NULL, 0, at, MPOL_F_NODE | MPOL_F_ADDR) < 0)
			lies = -1;
		n += lies != node;
	}
	return n;
}

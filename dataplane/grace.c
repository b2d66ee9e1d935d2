/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/grace.h"

#include <rte_interrupts.h>
#include <rte_malloc.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of the workers that run now. */
static struct rte_rcu_qsbr *_Atomic current;

struct rte_rcu_qsbr *grace_begin(unsigned workers)
{
	struct rte_rcu_qsbr *grace =
		rte_zmalloc("grace", rte_rcu_qsbr_get_memsize(workers), RTE_CACHE_LINE_SIZE);

	if (grace == NULL)
		return NULL;
	rte_rcu_qsbr_init(grace, workers);
	for (unsigned i = 0; i < workers; i++)
		rte_rcu_qsbr_thread_register(grace, i);
	atomic_store(&current, grace);
	return grace;
}

static void wait_for_workers(void)
{
	struct rte_rcu_qsbr *grace = atomic_load(&current);

	if (grace == NULL)
		return;
	uint64_t token = rte_rcu_qsbr_start(grace);
	while (rte_rcu_qsbr_check(grace, token, false) == 0)
		sched_yield();
}

/* In place of the C library's, for this program and the drivers that it loads. */
int munmap(void *address, size_t len)
{
	if (rte_thread_is_intr())
		wait_for_workers();
	return (int)syscall(SYS_munmap, address, len);
}

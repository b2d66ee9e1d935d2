/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/grace.h"

#include <dlfcn.h>
#include <errno.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
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

static void wait_for_workers(uint64_t most_ticks)
{
	struct rte_rcu_qsbr *grace = atomic_load(&current);
	uint64_t begin = rte_get_timer_cycles();

	if (grace == NULL)
		return;
	uint64_t token = rte_rcu_qsbr_start(grace);
	while (rte_rcu_qsbr_check(grace, token, false) == 0 &&
		rte_get_timer_cycles() - begin < most_ticks)
		sched_yield();
}

/* In place of the C library's, for this program and the drivers that it loads. */
int munmap(void *address, size_t len)
{
	if (rte_thread_is_intr())
		wait_for_workers(UINT64_MAX);
	return (int)syscall(SYS_munmap, address, len);
}

typedef int remove_callback(
	uint16_t port, uint16_t queue, const struct rte_eth_rxtx_callback *callback);

/* A process that captures waits for 5 s to be answered. */
static int remove_and_wait(const char *name, uint16_t port, uint16_t queue,
	const struct rte_eth_rxtx_callback *callback)
{
	remove_callback *dpdks = (remove_callback *)dlsym(RTLD_NEXT, name);
	int ret = dpdks != NULL ? dpdks(port, queue, callback) : -ENOSYS;

	wait_for_workers(3 * rte_get_timer_hz());
	return ret;
}

/* In place of DPDK's, for librte_pdump. */
int rte_eth_remove_rx_callback(
	uint16_t port, uint16_t queue, const struct rte_eth_rxtx_callback *callback)
{
	return remove_and_wait(__func__, port, queue, callback);
}

int rte_eth_remove_tx_callback(
	uint16_t port, uint16_t queue, const struct rte_eth_rxtx_callback *callback)
{
	return remove_and_wait(__func__, port, queue, callback);
}

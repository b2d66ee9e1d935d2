/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/device/unmap.h"

#include <rte_interrupts.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct unmap_lock *guards; // written before guards_n grows, and while it is 0
static atomic_uint guards_n;

void unmap_guard(struct unmap_lock *locks, unsigned n)
{
	atomic_store(&guards_n, 0);
	guards = locks;
	atomic_store(&guards_n, n);
}

/* In place of the C library's, for this program and the drivers that it loads. */
int munmap(void *address, size_t len)
{
	unsigned n = rte_thread_is_intr() ? atomic_load(&guards_n) : 0;

	for (unsigned i = 0; i < n; i++)
		pthread_mutex_lock(&guards[i].mutex);
	int ret = (int)syscall(SYS_munmap, address, len);
	for (unsigned i = 0; i < n; i++)
		pthread_mutex_unlock(&guards[i].mutex);
	return ret;
}

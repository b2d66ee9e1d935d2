/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/unmap.h"

#include <rte_interrupts.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t *_Atomic guard;

void unmap_guard(pthread_mutex_t *lock)
{
	atomic_store(&guard, lock);
}

/* In place of the C library's, for this program and the drivers that it loads. */
int munmap(void *address, size_t len)
{
	pthread_mutex_t *lock = rte_thread_is_intr() ? atomic_load(&guard) : NULL;

	if (lock == NULL)
		return (int)syscall(SYS_munmap, address, len);
	pthread_mutex_lock(lock);
	int ret = (int)syscall(SYS_munmap, address, len);
	pthread_mutex_unlock(lock);
	return ret;
}

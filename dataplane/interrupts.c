/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#define ALLOW_EXPERIMENTAL_API // an interrupt source of our own
#include "dataplane/interrupts.h"

#include "dataplane/log.h"

#include <errno.h>
#include <rte_alarm.h>
#include <rte_interrupts.h>
#include <semaphore.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 10 }; // for a handler that hangs

/* What is being waited for; static, for who gave up waiting is gone when it is done. */
static struct {
	void (*what)(void *);
	void *arg;
	sem_t done;
} errand;

static bool await_errand(void)
{
	struct timespec deadline;
	int ret;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += PATIENCE_S;
	do
		ret = sem_timedwait(&errand.done, &deadline);
	while (ret < 0 && errno == EINTR);
	if (ret < 0)
		LOG_WARNING("DPDK's interrupt thread hangs: its devices are left as they are");
	return ret == 0;
}

static void run_errand(void *unused)
{
	(void)unused;
	errand.what(errand.arg);
	sem_post(&errand.done);
}

bool interrupts_do(void (*what)(void *), void *arg)
{
	errand.what = what;
	errand.arg = arg;
	sem_init(&errand.done, 0, 0);
	int ret = rte_eal_alarm_set(1, run_errand, NULL);
	if (ret == 0)
		return await_errand();
	LOG_WARNING("DPDK's interrupt thread cannot be asked: %s", strerror(-ret));
	return false;
}

/* It ends with the process. */
static void park(void *unused)
{
	(void)unused;
	sem_post(&errand.done);
	for (;;)
		pause();
}

/* By a source of its own: the EAL waits at its end for a handler of an alarm. */
void interrupts_park(void)
{
	struct rte_intr_handle *handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	int fd = eventfd(1, EFD_CLOEXEC);

	sem_init(&errand.done, 0, 0);
	if (handle == NULL || fd < 0 || rte_intr_fd_set(handle, fd) != 0 ||
		rte_intr_type_set(handle, RTE_INTR_HANDLE_EXT) != 0 ||
		rte_intr_callback_register(handle, park, NULL) < 0)
		LOG_WARNING("DPDK's interrupt thread cannot be put aside");
	else
		await_errand();
}

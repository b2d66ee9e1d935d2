/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/interrupts.h"

#include "dataplane/log.h"

#include <errno.h>
#include <rte_alarm.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 3 }; // for a handler that hangs

static sem_t parked;

/* On the interrupt thread. It ends with the process. */
static void park(void *unused)
{
	(void)unused;
	sem_post(&parked);
	for (;;)
		pause();
}

void interrupts_park(void)
{
	struct timespec deadline;
	int ret;

	sem_init(&parked, 0, 0);
	ret = rte_eal_alarm_set(1, park, NULL);
	if (ret < 0) {
		LOG_WARNING("DPDK's interrupt thread cannot be put aside: %s", strerror(-ret));
		return;
	}
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += PATIENCE_S;
	do
		ret = sem_timedwait(&parked, &deadline);
	while (ret < 0 && errno == EINTR);
	if (ret < 0)
		LOG_WARNING("DPDK's interrupt thread hangs; its devices are closed beneath it");
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Interrupts that may come to the CPUs of workers.
 */
#ifndef HUGEPAGES_HOST_INTERRUPTS_H
#define HUGEPAGES_HOST_INTERRUPTS_H

#include "hugepages/host/host.h"

#include <sched.h>

enum { INTERRUPT_FILE_MAX = 64 };

/* The number in such a file's name. */
unsigned interrupts_number(const char *file);

/*
 * Calls with the file smp_affinity_list of each interrupt in use that may come to one of these CPUs
 * and to others as well, or was not yet tried. Those that are the kernel's own, and were found not
 * to take another list, are counted instead. see(): go on?
 */
unsigned interrupts_each(const struct host *h, const cpu_set_t *cpus,
	bool (*see)(void *context, const char *file), void *context);

#endif

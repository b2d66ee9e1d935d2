/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the kernel says about a CPU and about processes. /proc/stat counts a CPU's idle time in
 * hundredths of a second; all that is not idle is busy, whoever is charged for it: io_uring and the
 * receiving half of loopback hide from the CPU time of a process.
 */
#ifndef PERF_FANOUT_CORE_H
#define PERF_FANOUT_CORE_H

#include <sys/types.h>

struct core_time {
	double wall;  // seconds
	double idle;  // of the CPU, seconds
	double steal; // what the hypervisor took
};

struct core_time core_now(unsigned cpu);
double core_busy(const struct core_time *begin, const struct core_time *end);

/* Seconds of the kernel's thread that handles packets on a CPU, whoever they are for. */
double core_softirq_seconds(unsigned cpu);

/* CPU seconds of a process and its threads. */
double process_seconds(pid_t pid);

/* Bytes of memory that the process has taken, shared memory included. */
double process_memory(pid_t pid);

/* Bytes in those small objects of the kernel that connections have; < 0: only root may know. */
double kernel_objects(void);

/* The same of the entries of epoll, which the clients' end of a connection has. */
double kernel_epoll_entries(void);

/* Bytes in the buffers of TCP sockets. */
double kernel_tcp_buffers(void);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A program of ours in another process: it lies beside the benchmark, runs on the CPU it is told
 * and dies with its parent.
 */
#ifndef PERF_CHILD_H
#define PERF_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Its process id, or -errno. argv[0] is its name; a NULL ends the list. */
pid_t child_start(unsigned cpu, const char *const argv[]);

/* Has it ended by itself? */
bool child_has_ended(pid_t child);

/* Asks it to end, and waits for that. */
void child_stop(pid_t child);

#endif

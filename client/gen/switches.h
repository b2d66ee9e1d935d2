/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* How often the kernel took the CPU from somebody who wanted to go on. */
#ifndef CLIENT_GEN_SWITCHES_H
#define CLIENT_GEN_SWITCHES_H

#include <stdint.h>
#include <sys/types.h>

/* From all threads of that process that DPDK calls workers; 0 if it is gone or not ours to see. */
uint64_t switches_of_workers(pid_t process);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Descriptors of BPF programs and maps by their ids. The kernel gives them only to CAP_SYS_ADMIN;
 * without it, those are found that this process holds anyway, because DPDK loaded them.
 */
#ifndef DATAPLANE_BPF_DESCRIPTOR_H
#define DATAPLANE_BPF_DESCRIPTOR_H

#include <stdint.h>

/* A descriptor to be closed, or -errno. */
int bpf_program_by_id(uint32_t id);
int bpf_map_by_id(uint32_t id);

#endif

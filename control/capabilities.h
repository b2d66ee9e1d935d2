/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Linux capabilities of the calling thread (capabilities(7)), as masks.
 */
#ifndef CONTROL_CAPABILITIES_H
#define CONTROL_CAPABILITIES_H

#include <linux/capability.h>
#include <stdint.h>

#define CAPABILITY(name) (UINT64_C(1) << (CAP_##name))

/*
 * AF_XDP: the socket (NET_RAW), attaching its program (NET_ADMIN), loading it with its maps (BPF),
 * the verifier, which takes its bounded loops from who may (PERFMON), and buffers beyond
 * RLIMIT_MEMLOCK (IPC_LOCK). TAP: NET_ADMIN. Listeners below port 1024: NET_BIND_SERVICE.
 */
#define CAPABILITIES_OF_THE_START                                                              \
	(CAPABILITY(NET_RAW) | CAPABILITY(NET_ADMIN) | CAPABILITY(BPF) | CAPABILITY(PERFMON) | \
		CAPABILITY(IPC_LOCK) | CAPABILITY(NET_BIND_SERVICE))

/* Taking the XDP program off. */
#define CAPABILITIES_AT_THE_END CAPABILITY(NET_ADMIN)

uint64_t capabilities_permitted(void);

/* Permitted and effective; the inheritable and ambient ones go. Safe in a handler of a signal. 0 or
 * -errno. */
int capabilities_set(uint64_t mask);

#endif

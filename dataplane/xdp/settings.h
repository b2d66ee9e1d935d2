/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the XDP program and its loader agree on.
 */
#ifndef DATAPLANE_XDP_SETTINGS_H
#define DATAPLANE_XDP_SETTINGS_H

#include <linux/types.h>

#define XDP_PROGRAM_NAME "uproar_redirect"
#define XDP_SETTINGS_MAP "uproar_settings"
#define XDP_COUNT_MAP "uproar_count"

enum { XDP_QUEUES_MAX = 64, XDP_IPV6_EXTENSIONS = 4 };

struct xdp_settings {
	__be16 port; // UDP port that is redirected; 0: none yet
	__u16 reserved;
	__u32 owner;         // process that runs the appliance
	__u64 owner_started; // its start time (field 22 of /proc/PID/stat), for a pid is used again
	__u64 owner_space;   // its PID namespace; 0: not known
};

#endif

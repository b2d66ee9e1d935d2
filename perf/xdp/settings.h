/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the XDP programs and their loader agree on.
 */
#ifndef PERF_XDP_SETTINGS_H
#define PERF_XDP_SETTINGS_H

#include <linux/types.h>

enum {
	XDP_COUNT_CHANNELS = 4096,
	XDP_COUNT_REACTIONS = 64,
	XDP_COUNT_PAIRS = 32,
	XDP_COUNT_PORT = 7700,
};

struct xdp_count_settings {
	__u32 session_bits; // 2^n sessions
};

/* What one core counted. */
struct xdp_count_stats {
	__u64 rx, bytes, accepted, batches, taps, refused, next_session;
};

struct xdp_count_row {
	__u64 taps[XDP_COUNT_REACTIONS];
};

struct xdp_count_session {
	__u64 who;  // 0: empty
	__u64 seen; // newest sequence (32 bits), window (32)
};

#endif

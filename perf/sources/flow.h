/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the receiver and the sender of datagrams share, in memory of both: the receiver says how
 * many it has, and the sender never has more than a window of them under way. So nothing is lost,
 * and the rate is the highest that loses nothing.
 */
#ifndef PERF_SOURCES_FLOW_H
#define PERF_SOURCES_FLOW_H

#include <stdatomic.h>
#include <stdint.h>

struct flow_control {
	_Alignas(64) uint64_t window;           // written before the sender starts
	_Alignas(64) _Atomic uint64_t received; // receiver: wo, sender: ro
};

#endif

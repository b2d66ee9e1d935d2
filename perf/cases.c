/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/cases.h"

enum {
	OURS = BY_RECYCLED,
	RIVALS = BY_XDP | BY_RECVMMSG,
	ALL = OURS | BY_WORKERS | BY_MEMIF | RIVALS
};

#define FRAMES(n, of, ...) .frames = {.reactions = n, .channels = of, __VA_ARGS__}
#define WORKER(n, ...) .worker = {.rows = n, __VA_ARGS__}

const struct bench_case bench_cases[] = {
	{"1 reaction", 1024, FRAMES(1, 4096), WORKER(4096), OURS},
	{"1 reaction", 8192, FRAMES(1, 4096), WORKER(4096), ALL},
	{"1 reaction", 65536, FRAMES(1, 4096), WORKER(4096), OURS},
	{"4 reactions", 8192, FRAMES(4, 4096), WORKER(4096), OURS | RIVALS},
	{"16 reactions", 8192, FRAMES(16, 4096), WORKER(4096), ALL & ~BY_WORKERS},
	{"1 channel of 4096", 8192, FRAMES(1, 1), WORKER(4096), OURS},
	{"64 channels of 4096", 8192, FRAMES(1, 64), WORKER(4096), OURS},
	{"64 channels of 64", 8192, FRAMES(1, 64), WORKER(64), OURS},
	{"64 channels of 32768", 8192, FRAMES(1, 64), WORKER(32768), OURS},
	{"UDP checksum", 8192, FRAMES(1, 4096), WORKER(4096, .checksum = true), OURS},
	{"sequenced, 2^20 sessions", 8192, FRAMES(1, 4096, .session_bits = 20), WORKER(4096),
		ALL & ~BY_MEMIF},
	{"sequenced, 2^24 sessions", 8192, FRAMES(1, 4096, .session_bits = 24), WORKER(4096), ALL},
	{"2^20, without undo record", 8192, FRAMES(1, 4096, .session_bits = 20),
		WORKER(4096, .no_undo = true), OURS},
	{"2^24, without undo record", 8192, FRAMES(1, 4096, .session_bits = 24),
		WORKER(4096, .no_undo = true), OURS},
	{"1 reaction, HyperLogLog", 8192, FRAMES(1, 4096), WORKER(4096, .reactors = true), OURS},
	{"2^24 sessions, HyperLogLog", 8192, FRAMES(1, 4096, .session_bits = 24),
		WORKER(4096, .reactors = true), OURS},
	{"2^24 sessions, limits", 8192, FRAMES(1, 4096, .session_bits = 24),
		WORKER(4096, .limits = true), OURS},
	{"2^24 sessions, all of it", 8192, FRAMES(1, 4096, .session_bits = 24),
		WORKER(4096, .checksum = true, .reactors = true, .limits = true), OURS},
	{"2^20 sessions, tickets", 8192, FRAMES(1, 4096, .session_bits = 20, .ticket = true),
		WORKER(4096), OURS},
};
const unsigned bench_cases_n = sizeof(bench_cases) / sizeof(bench_cases[0]);

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What is measured: a feature is one more row of the table in cases.c.
 */
#ifndef PERF_CASES_H
#define PERF_CASES_H

#include <stdbool.h>

/* What the frames are. */
struct case_frames {
	unsigned reactions;    // pairs a batch
	unsigned channels;     // that occur, scattered over those that are configured
	unsigned session_bits; // 2^n sessions, each frame another one; 0: unsequenced
	bool ticket;           // sequenced ones only
};

/* What the worker does with them. */
struct case_worker {
	unsigned rows; // channels configured, a power of two
	bool checksum; // UDP checksums are verified in software
	bool reactors; // distinct sessions are estimated (HyperLogLog)
	bool no_undo;  // built without the undo record, which the appliance is not
	bool limits;   // taps a session and second are limited, beyond what comes
};

/* By whom it is measured. */
enum {
	BY_RECYCLED = 1 << 0, // worker_burst() over recycled buffers
	BY_WORKERS = 1 << 1,  // the same by one worker and by all
	BY_MEMIF = 1 << 2,    // worker_run() over memif
	BY_XDP = 1 << 3,
	BY_RECVMMSG = 1 << 4,
};

struct bench_case {
	const char *name;
	unsigned buffers; // the working set
	struct case_frames frames;
	struct case_worker worker;
	unsigned by;
};

extern const struct bench_case bench_cases[];
extern const unsigned bench_cases_n;

/* The cases that rivals are set against have this working set. */
enum { CASE_BUFFERS = 8192 };

#endif

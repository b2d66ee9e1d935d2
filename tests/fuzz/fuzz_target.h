/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the fuzz targets share: a check that stops the run, the invariants of counting, and the word
 * of which refusals were reached, so that a corpus can be held to what it claims.
 */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include "tests/unit/counting_rig.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                          \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                  \
		}                                                                                 \
	} while (0)

/* Called by libFuzzer, or by replay.c for each file of a corpus. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* How often each refusal was reached; REFUSED_none: accepted. */
extern uint64_t fuzz_reached[REFUSALS];

/* The one rig of the process. */
struct counting_rig *fuzz_rig(void);

/*
 * counter_take() from memory of exactly that size, with all that must hold: a refusal counts
 * nothing, and what is accepted counts as many taps in the tallies as in the statistics, in rows of
 * open channels only. Notes what was reached.
 */
enum refusal fuzz_take(const uint8_t *payload, size_t len);

void fuzz_note(enum refusal r);

#endif

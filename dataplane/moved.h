/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which rows of a worker's tallies have moved, so that control reads closely only those: a mark a
 * row, set by the worker behind each addition, and taken by control before it reads the tallies.
 *
 * No addition is missed. On x86-64 stores are seen in program order: where control took the mark,
 * it sees the additions before it; an addition that it does not see yet sets the mark again, for
 * the next window. Nor is one counted twice, for control only ever subtracts what it read before.
 *
 * Marks lie in ordinary memory. A process that is killed takes them with it, and the next one reads
 * all rows in its first window.
 */
#ifndef DATAPLANE_MOVED_H
#define DATAPLANE_MOVED_H

#include <stdbool.h>
#include <stdint.h>

enum { MOVED_TOGETHER = 8 };

/* So many marks, which are taken together. */
typedef uint64_t __attribute__((may_alias)) moved_marks;

/* bool, as a store through a pointer to bytes would make the compiler forget all that it read. */
static inline void moved_mark(bool *marks, uint32_t row)
{
	__atomic_store_n(&marks[row], true, __ATOMIC_RELEASE);
}

/* The marks of the MOVED_TOGETHER rows from this one on, which are no more. Aligned to as many. */
static inline uint64_t moved_take(bool *marks)
{
	moved_marks *all = (moved_marks *)marks;

	if (__atomic_load_n(all, __ATOMIC_RELAXED) == 0)
		return 0;
	return __atomic_exchange_n(all, 0, __ATOMIC_ACQ_REL);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How long a loop may wait: milliseconds, -1 for ever, as poll() has it.
 */
#ifndef CONTROL_PATIENCE_H
#define CONTROL_PATIENCE_H

/* The shorter of two waits. */
static inline int patience_shorter(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

#endif

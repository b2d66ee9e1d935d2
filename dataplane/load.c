/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/load.h"

void load_end_window(struct worker_load *l, struct load_clock *c, uint64_t now)
{
	uint64_t busy = (l->ticks_busy - c->busy) * 1000 / (now - c->began);

	__atomic_store_n(&l->busy_permille, busy, __ATOMIC_RELAXED);
	c->began = now;
	c->busy = l->ticks_busy;
}

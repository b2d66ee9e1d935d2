/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Does this kernel tell the truth about sends? A stream stays whole only if a send of which a part
 * did not fit says how much did, and a frame can give way to a newer one only if a send to a full
 * socket ends at once. What a kernel does with the flags of a send depends on its version, so it is
 * tried out at the start.
 */
#ifndef FANOUT_RING_PROBE_H
#define FANOUT_RING_PROBE_H

#include "fanout/ring.h"

#include <stddef.h>

/*
 * By the ring's thread, before its first submission. flags: of each send. 0, or -errno with a
 * sentence in error; -ENOTSUP: the kernel fails, and the ring is of no use any more.
 */
int ring_probe(struct ring *r, int flags, char *error, size_t cap);

#endif

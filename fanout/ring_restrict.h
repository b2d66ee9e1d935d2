/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A ring can do much that a fan-out never does: open files, connect, start work of its own. The
 * kernel is told at the start what this one may do, and refuses everything else (-EACCES), whoever
 * may come to fill in submissions.
 */
#ifndef FANOUT_RING_RESTRICT_H
#define FANOUT_RING_RESTRICT_H

#include <liburing.h>

/*
 * Of a ring that was set up with IORING_SETUP_R_DISABLED, by the thread that will use it: allows
 * what is used and enables it. 0, or -errno; then it cannot be used.
 */
int ring_restrict(struct io_uring *uring);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How many connections a thread may accept: a bucket that fills at an even rate and holds one
 * second of it. Who comes when it is empty is not refused, but waits in the kernel's backlog.
 */
#ifndef FANOUT_ACCEPT_RATE_H
#define FANOUT_ACCEPT_RATE_H

#include <stdint.h>

struct accept_rate {
	uint32_t per_second; // 0: no limit
	uint64_t then_ms;    // when credit was right
	int64_t credit;      // in thousandths of a connection; may be a little below 0
};

/* The bucket is full at first. now_ms: of a clock that does not jump. */
void accept_rate_init(struct accept_rate *r, uint32_t per_second, uint64_t now_ms);

/* How many may be accepted now; UINT32_MAX without a limit. */
uint32_t accept_rate_credit(struct accept_rate *r, uint64_t now_ms);

/* One has been accepted. */
void accept_rate_spend(struct accept_rate *r);

/* Until there is credit again, in milliseconds, and never so few that looking costs anything. */
uint32_t accept_rate_wait_ms(const struct accept_rate *r);

#endif

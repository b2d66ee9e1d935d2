/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/last_account.h"

#include "control/appliance.h"
#include "control/ledger.h"
#include "control/log.h"

void last_account(const struct appliance *a)
{
	struct ledger l;

	ledger_read(&l, &a->store, a->dataplane, a->rx_before);
	LOG_INFO(
		"received since the start: %lu frames; lost in front of the workers: %lu because a "
		"queue was full, %lu for want of a buffer",
		(unsigned long)l.rx_here, (unsigned long)l.imissed, (unsigned long)l.nombuf);
	LOG_INFO("in this arena: %lu frames: %lu accepted, %lu refused, %lu passed to the kernel; "
		 "%lu "
		 "taps; the ledger %s",
		(unsigned long)l.workers.rx, (unsigned long)l.workers.accepted,
		(unsigned long)l.refused, (unsigned long)l.workers.passed,
		(unsigned long)l.workers.taps_counted,
		l.balanced ? "is balanced" : "is NOT balanced");
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/log.h"
#include "control/recovery.h"

static void report_recovery(const struct recovery *r)
{
	if (r->finished + r->left_out > 0)
		LOG_NOTICE("the last process died while it counted: %u batches finished, %u not "
			   "begun",
			r->finished, r->left_out);
	if (r->taps_in_doubt > 0)
		LOG_WARNING("%lu taps were being counted on two queues at that moment: they are "
			    "left out, and shown as in doubt",
			(unsigned long)r->taps_in_doubt);
}

/* A kill explains taps that the statistics do not know; an orderly end does not. */
static void report_mending(const struct store *s, uint64_t found)
{
	if (found == 0)
		return;
	if (*s->orderly != 0)
		LOG_ERROR("the last process ended in order with %ld taps more in its tallies than "
			  "it had counted: please report this",
			(long)found);
	else
		LOG_NOTICE("the last process died in the middle of a burst: %ld taps recovered "
			   "from the tallies",
			(long)found);
}

void recovery_run(struct store *s)
{
	struct recovery recovery;

	recovery_finish(s, &recovery);
	report_recovery(&recovery);
	report_mending(s, recovery_mend(s));
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/closing.h"

#include <inttypes.h>
#include <stdio.h>

void closing_write(const struct closing *c, char *out, size_t cap)
{
	snprintf(out, cap,
		"windows %" PRIu32 ", taps sent %" PRIu64 ", taps counted %" PRIu64
		", ledger %sbalanced",
		c->windows, c->taps_sent, c->taps_counted, c->balanced ? "" : "not ");
}

int closing_status(const struct closing *c)
{
	bool all_counted = !c->taps || c->taps_sent == c->taps_counted;

	return all_counted && c->balanced ? 0 : 1;
}

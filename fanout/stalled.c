/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/stalled.h"

void stalled_begin(struct stalled *s)
{
	s->seen = 0;
}

void stalled_see(struct stalled *s, uint32_t seconds)
{
	s->seen += seconds >= STALLED_SECONDS;
}

unsigned stalled_report(struct stalled *s, uint32_t now)
{
	unsigned seen = s->seen;

	s->seen = 0;
	if (seen == 0 || (s->reported != 0 && now - s->reported < STALLED_PACE_SECONDS))
		return 0;
	s->reported = now;
	return seen;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include <errno.h>

enum { HALF_LIFE_MAX_S = 86400, SURGE_BEGINS_MAX = 1000, SURGE_TAPS_MAX = 1000000000 };

int config_check_sentiment(const struct config_check *k, const struct config *c)
{
	const struct config_sentiment *s = &c->sentiment;

	if (!(s->surge_begins > 1 && s->surge_begins <= SURGE_BEGINS_MAX))
		return config_wrong(k, "sentiment.surge_begins",
			"%g is no multiple of the usual rate above 1 and up to %d", s->surge_begins,
			SURGE_BEGINS_MAX);
	if (!(s->surge_ends > 0 && s->surge_ends <= s->surge_begins))
		return config_wrong(k, "sentiment.surge_ends",
			"%g is not above 0 and up to surge_begins, which is %g", s->surge_ends,
			s->surge_begins);
	if (config_in_range(k, "sentiment.half_life_seconds", s->half_life_s, 1, HALF_LIFE_MAX_S) <
		0)
		return -EINVAL;
	return config_in_range(k, "sentiment.surge_taps", s->surge_taps, 1, SURGE_TAPS_MAX);
}

struct mood_rules config_mood_rules(const struct config *c)
{
	return (struct mood_rules){
		.half_life_s = c->sentiment.half_life_s,
		.surge_begins = c->sentiment.surge_begins,
		.surge_ends = c->sentiment.surge_ends,
		.surge_taps = c->sentiment.surge_taps,
	};
}

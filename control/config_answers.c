/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"
#include "wire/answer.h"

#include <errno.h>

enum {
	PACE_UNIT_MS = 1000 / ANSWER_PACE_HZ,
	PACE_MAX_MS = ANSWER_PACE_MAX * PACE_UNIT_MS,
	PER_SECOND_MAX = 100000000,
};

int config_check_answers(const struct config_check *k, const struct config *c)
{
	const struct config_answers *a = &c->answers;

	if (config_in_range(k, "answers.per_second", a->per_second, 0, PER_SECOND_MAX) < 0 ||
		config_in_range(k, "answers.most_pace_ms", a->most_pace_ms, 0, PACE_MAX_MS) < 0 ||
		config_in_range(k, "answers.busy_high_percent", a->busy_high_percent, 1, 100) < 0)
		return -EINVAL;
	if (a->least_pace_ms > a->most_pace_ms)
		return config_wrong(k, "answers.least_pace_ms",
			"%u is outside 0 up to most_pace_ms, which is %u", a->least_pace_ms,
			a->most_pace_ms);
	if (a->busy_low_percent >= a->busy_high_percent)
		return config_wrong(k, "answers.busy_low_percent",
			"%u is not below busy_high_percent, which is %u", a->busy_low_percent,
			a->busy_high_percent);
	return 0;
}

/* A part of a tenth of a second is waited for, too. */
static uint8_t tenths(unsigned ms)
{
	return (uint8_t)((ms + PACE_UNIT_MS - 1) / PACE_UNIT_MS);
}

struct pace config_pace(const struct config *c)
{
	return (struct pace){
		.least = tenths(c->answers.least_pace_ms),
		.most = tenths(c->answers.most_pace_ms),
		.low = (uint16_t)(10 * c->answers.busy_low_percent),
		.high = (uint16_t)(10 * c->answers.busy_high_percent),
	};
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/report.h"

#include <stdio.h>

const char *goal_name(double goal, char out[24])
{
	if (goal == 0)
		snprintf(out, 24, "NDR");
	else
		snprintf(out, 24, "PDR %.4g %%", goal * 100);
	return out;
}

const char *rate_text(double rate, char out[24])
{
	if (rate >= 999950)
		snprintf(out, 24, "%.3fM", rate / 1e6);
	else if (rate >= 10000)
		snprintf(out, 24, "%.2fk", rate / 1e3);
	else
		snprintf(out, 24, "%.0f", rate);
	return out;
}

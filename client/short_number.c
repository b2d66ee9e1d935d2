/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/short_number.h"

#include <math.h>
#include <stdio.h>

const char *short_number(double x, char out[16])
{
	static const char *const units[] = {"", "k", "M", "G", "T", "P"};
	enum { LAST = sizeof(units) / sizeof(units[0]) - 1 };
	unsigned unit = 0;
	int digits = 0;

	while (x >= 999.5 && unit < LAST) {
		x /= 1000;
		unit++;
	}
	if (x < 9.95 && (unit > 0 || x != floor(x)))
		digits = unit == 0 && x < 0.995 ? 2 : 1;
	snprintf(out, 16, "%.*f%s", digits, x, units[unit]);
	return out;
}

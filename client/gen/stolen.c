/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/stolen.h"

#include <stdio.h>
#include <unistd.h>

/* proc(5): the first line of /proc/stat, of which steal is the eighth number. */
double stolen_seconds(void)
{
	unsigned long long steal = 0;
	FILE *f = fopen("/proc/stat", "r");

	if (f == NULL)
		return 0;
	if (fscanf(f, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &steal) != 1)
		steal = 0;
	fclose(f);
	return (double)steal / (double)sysconf(_SC_CLK_TCK);
}

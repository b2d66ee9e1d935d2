/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/stats_value.h"

#include "wire/frame.h"

json_t *stats_histogram(const struct histogram *h)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "windows", stats_number(h->count), "newest",
		stats_number(h->newest / 1000), "mean",
		stats_number(h->count == 0 ? 0 : h->sum / h->count / 1000), "p50",
		stats_number(histogram_quantile(h, 0.5)), "p99",
		stats_number(histogram_quantile(h, 0.99)));
}

json_t *stats_time(uint64_t ms)
{
	char text[WIRE_TIME_LEN];

	if (ms == 0)
		return json_null();
	wire_time(ms, text);
	return json_string(text);
}

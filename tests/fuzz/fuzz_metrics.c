/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the generator is answered when it asks an appliance what it took: metrics, and as another
 * document statistics. Numbers are counts, whatever is written there.
 */

#include "client/gen/appliance.h"
#include "fuzz_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_BITS = 53 }; // of a double; a sum may have some more

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct appliance_counts c;
	char *in = malloc(len > 0 ? len : 1); // so that a byte too many is seen

	if (in == NULL)
		return 0;
	memcpy(in, data, len);
	int ret = appliance_read_metrics(in, len, &c);
	CHECK(ret == 0 || ret == -EINVAL);
	CHECK(c.rx >> EXACT_BITS <= len && c.missed >> EXACT_BITS <= len);
	ret = appliance_read_stats(in, len, &c);
	CHECK(ret == 0 || ret == -EINVAL);
	CHECK(c.rx >> 63 == 0 && c.taps >> 63 == 0);
	free(in);
	return 0;
}

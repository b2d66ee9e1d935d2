/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/option.h"

#include "client/complain.h"
#include "client/number.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>

int option_endpoint(const char *name, uint16_t port, struct endpoint *out)
{
	if (endpoint_parse(optarg, port, out) == 0)
		return 0;
	complain("--%s: '%s' is not HOST:PORT", name, optarg);
	return -EINVAL;
}

int option_number(const char *name, uint64_t min, uint64_t max, uint64_t *out)
{
	if (number_parse(optarg, min, max, out) == 0)
		return 0;
	complain("--%s: '%s' is not a number from %" PRIu64 " to %" PRIu64, name, optarg, min, max);
	return -EINVAL;
}

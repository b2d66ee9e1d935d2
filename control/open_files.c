/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/open_files.h"

#include "control/log.h"
#include "control/needs.h"

#include <inttypes.h>
#include <sys/resource.h>

void open_files_raise(const struct config *c)
{
	uint64_t wanted = needs_files(c);
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == wanted)
		return;
	LOG_WARNING("only %" PRIu64 " of %" PRIu64 " open files are allowed: connections to Kafka "
		    "or subscribers may fail; raise the limit (ulimit -Hn, LimitNOFILE=) to "
		    "%" PRIu64,
		(uint64_t)limit.rlim_cur, wanted, wanted);
}

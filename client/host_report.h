/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What `uproar host` says: a table for people, colours on a terminal only, or JSON.
 */
#ifndef CLIENT_HOST_REPORT_H
#define CLIENT_HOST_REPORT_H

#include "hugepages/host/host.h"

#include <stdio.h>

struct host_report_stage {
	unsigned stage;
	struct host_finding finding;
};

void host_report_print(FILE *to, const struct host_report_stage *stages, unsigned n);
void host_report_json(FILE *to, const struct host_report_stage *stages, unsigned n);

/* How many stages have something to do. */
unsigned host_report_open(const struct host_report_stage *stages, unsigned n);

#endif

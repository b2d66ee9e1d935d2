/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a stage found, put together.
 */
#ifndef HUGEPAGES_HOST_FINDING_H
#define HUGEPAGES_HOST_FINDING_H

#include "hugepages/host/host.h"

/* The verdict, and the sentence in place of the one before. */
__attribute__((format(printf, 3, 4))) void finding_is(
	struct host_finding *f, enum host_verdict verdict, const char *format, ...);

/* Goes on with the sentence, behind "; ". The graver verdict stays. */
__attribute__((format(printf, 3, 4))) void finding_also(
	struct host_finding *f, enum host_verdict verdict, const char *format, ...);

/* A line more of what mends, or of what keeps it. */
__attribute__((format(printf, 2, 3))) void finding_mend(
	struct host_finding *f, const char *format, ...);
__attribute__((format(printf, 2, 3))) void finding_lasting(
	struct host_finding *f, const char *format, ...);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What `uproar stats` is told about the journal.
 */
#ifndef CONTROL_JOURNAL_JSON_H
#define CONTROL_JOURNAL_JSON_H

#include "control/journal.h"

#include <jansson.h>

/* How far a journal is behind what was shown. */
struct journal_lag {
	uint64_t windows;
	uint64_t ms;
};

struct journal_lag journal_lag(const struct journal_status *status, const struct store *s);

/* A new reference; null if there is no journal. */
json_t *journal_json(struct journal *j, const struct store *s);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Names of what the fan-out refuses, and why.
 */
#ifndef FANOUT_REFUSAL_H
#define FANOUT_REFUSAL_H

enum fanout_refusal {
#define FANOUT_REFUSAL(name, group, status, text) FANOUT_REFUSED_##name,
#include "wire/subscriber_refusal.def"
#undef FANOUT_REFUSAL
	FANOUT_REFUSALS // how many there are
};

/* Both are static strings, for r < FANOUT_REFUSALS. */
const char *fanout_refusal_name(enum fanout_refusal r);
const char *fanout_refusal_text(enum fanout_refusal r);

/* What HTTP says: 400 to 599; 0 for what HTTP is never asked. */
int fanout_refusal_status(enum fanout_refusal r);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/refusal.h"

static const struct {
	const char *name;
	const char *text;
	int status;
} refusals[FANOUT_REFUSALS] = {
#define FANOUT_REFUSAL(name, group, status, text) [FANOUT_REFUSED_##name] = {#name, text, status},
#include "wire/subscriber_refusal.def"
#undef FANOUT_REFUSAL
};

const char *fanout_refusal_name(enum fanout_refusal r)
{
	return refusals[r].name;
}

const char *fanout_refusal_text(enum fanout_refusal r)
{
	return refusals[r].text;
}

int fanout_refusal_status(enum fanout_refusal r)
{
	return refusals[r].status;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/refusal.h"

static const struct {
	const char *name;
	const char *text;
	enum refusal_layer layer;
} refusals[REFUSALS] = {
	[REFUSED_none] = {"none", "not refused", REFUSAL_LINK},
#define REFUSAL(name, layer, text) [REFUSED_##name] = {#name, text, REFUSAL_##layer},
#include "wire/refusal.def"
#undef REFUSAL
};

const char *refusal_name(enum refusal r)
{
	return refusals[r].name;
}

const char *refusal_text(enum refusal r)
{
	return refusals[r].text;
}

enum refusal_layer refusal_layer(enum refusal r)
{
	return refusals[r].layer;
}

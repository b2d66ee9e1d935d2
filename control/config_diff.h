/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a reload changes: the difference of two configurations.
 */
#ifndef CONTROL_CONFIG_DIFF_H
#define CONTROL_CONFIG_DIFF_H

#include "control/config.h"

#include <jansson.h>

/*
 * From what is in effect to what is wanted:
 *
 *   {"channels": {"opened": [5], "closed": [], "renamed": [1], "changed": [2]},
 *    "reactions": {"added": ["boo"], "removed": [], "changed": ["fire"]},
 *    "options": ["limits.burst"],
 *    "needs_restart": [{"option": "window_ms", "line": 3}]}
 *
 * A channel is changed that is admitted otherwise; a reaction, that has another name, emoji,
 * shortcode, pattern or weight under its id. No line: the option was taken out of the file. start:
 * what the appliance was started with. NULL: no memory.
 */
json_t *config_diff(
	const struct config *now, const struct config *start, const struct config *wanted);

/*
 * The same in words, for a node of these roles: fan-out nodes of a cluster learn channels and
 * reactions from it. "" if nothing has changed. free() it; NULL: no memory.
 */
char *config_diff_words(const json_t *diff, unsigned roles);

#endif

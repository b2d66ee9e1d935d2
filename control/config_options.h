/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Every option: where struct config has it, and whether a running appliance can take another value.
 */
#ifndef CONTROL_CONFIG_OPTIONS_H
#define CONTROL_CONFIG_OPTIONS_H

#include "control/config.h"

#include <stddef.h>

enum config_when { AT_ONCE, AT_A_RESTART };

struct config_option {
	const char *path; // "limits.burst"; of a list its own, "channels"
	enum config_when when;
	size_t offset, size; // in struct config
	/* Is it another? NULL: the bytes tell. */
	bool (*differs)(const struct config *a, const struct config *b);
	/* Is the step from the start to what is wanted more than a running one can take? NULL: no.
	 * Only of numbers. */
	bool (*too_far)(const struct config *start, const struct config *wanted);
};

extern const struct config_option config_options[];
extern const unsigned n_config_options;

/* Channels and the catalogue are lists with a difference of their own (config_diff.h). */
bool config_differs(const struct config_option *o, const struct config *a, const struct config *b);

/* Can what is wanted of it take effect without a restart? */
bool config_takes_effect(
	const struct config_option *o, const struct config *start, const struct config *wanted);

/*
 * What is in effect after a reload: of wanted all that can be at once; numbers that are too far
 * away for that stay as they are now; the rest is of start, which must live as long. Takes over
 * what wanted owns.
 */
void config_take(struct config *effective, const struct config *now, const struct config *start,
	struct config *wanted);

#endif

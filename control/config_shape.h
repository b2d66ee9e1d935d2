/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Has a YAML text the shape of a schema? libcyaml finds out, too, but does not say which words it
 * would have taken, and takes 2000ms for 2000.
 */
#ifndef CONTROL_CONFIG_SHAPE_H
#define CONTROL_CONFIG_SHAPE_H

#include <cyaml/cyaml.h>
#include <stddef.h>

/* 0, or -EINVAL with "line N: PATH: what was found, what was wanted" in error. */
int config_shape(
	const cyaml_schema_value_t *schema, const char *text, size_t len, char *error, size_t cap);

#endif

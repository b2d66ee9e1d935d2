/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * For config_shape.c: single values, and how a message about one is put together.
 */
#ifndef CONTROL_CONFIG_SHAPE_SCALAR_H
#define CONTROL_CONFIG_SHAPE_SCALAR_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

enum { SHAPE_SHOWN = 72 }; // bytes for shape_shown()

struct shape {
	yaml_document_t *document;
	char *error;
	size_t cap;
	char path[160]; // of the value that is looked at
	size_t len;
};

/* Moves one step down, and back to the length that the path had. */
__attribute__((format(printf, 2, 3))) void shape_enter(struct shape *s, const char *format, ...);
void shape_leave(struct shape *s, size_t len);

/* A value and not nothing? */
bool shape_is_scalar(const yaml_node_t *node);

/* What stands there: 'this', a list, a group of options, nothing. Returns out. */
const char *shape_shown(const yaml_node_t *node, char out[SHAPE_SHOWN]);

/* Always -EINVAL. The second: "'this' is no KIND: HINT". */
__attribute__((format(printf, 3, 4))) int shape_wrong(
	const struct shape *s, const yaml_node_t *node, const char *format, ...);
int shape_is_no(const struct shape *s, const yaml_node_t *node, const char *kind, const char *hint);

/* 0 or shape_wrong(). */
int shape_check_scalar(
	const struct shape *s, const cyaml_schema_value_t *schema, const yaml_node_t *node);

#endif

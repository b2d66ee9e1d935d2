/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_shape_scalar.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void shape_enter(struct shape *s, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(s->path + s->len, sizeof(s->path) - s->len, format, list);
	va_end(list);
	s->len = strlen(s->path);
}

void shape_leave(struct shape *s, size_t len)
{
	s->len = len;
	s->path[len] = '\0';
}

bool shape_is_scalar(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && node->data.scalar.length > 0;
}

const char *shape_shown(const yaml_node_t *node, char out[SHAPE_SHOWN])
{
	if (!shape_is_scalar(node)) {
		snprintf(out, SHAPE_SHOWN, "%s",
			node->type == YAML_SEQUENCE_NODE  ? "a list"
			: node->type == YAML_MAPPING_NODE ? "a group of options"
							  : "nothing");
		return out;
	}
	const char *text = (const char *)node->data.scalar.value;
	int shown = (int)strcspn(text, "="); // what follows may be a password
	snprintf(out, SHAPE_SHOWN, "'%.*s%s'", shown < 60 ? shown : 60, text,
		text[shown] != '\0' ? "=..." : "");
	for (char *c = out; *c != '\0'; c++) { // a message is one line
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	}
	return out;
}

int shape_wrong(const struct shape *s, const yaml_node_t *node, const char *format, ...)
{
	char what[320];
	va_list list;

	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	snprintf(s->error, s->cap, "line %zu: %s%s%s", node->start_mark.line + 1, s->path,
		s->len > 0 ? ": " : "", what);
	return -EINVAL;
}

int shape_is_no(const struct shape *s, const yaml_node_t *node, const char *kind, const char *hint)
{
	char shown[SHAPE_SHOWN];

	if (node->type == YAML_SCALAR_NODE && !shape_is_scalar(node))
		return shape_wrong(s, node, "nothing stands here: %s", hint);
	return shape_wrong(s, node, "%s is no %s: %s", shape_shown(node, shown), kind, hint);
}

/* libcyaml also takes 2e3 for 2, 2000ms for 2000 and 0100 for 64. */
static int check_uint(
	const struct shape *s, const cyaml_schema_value_t *schema, const yaml_node_t *node)
{
	uint64_t most = UINT64_MAX >> (64 - 8 * schema->data_size);
	const char *digits = (const char *)node->data.scalar.value;

	if (!shape_is_scalar(node) || digits[strspn(digits, "0123456789")] != '\0')
		return shape_is_no(s, node, "whole number", "write it in digits");
	if (digits[0] == '0' && digits[1] != '\0')
		return shape_wrong(s, node, "'%.60s' begins with 0: write it without", digits);
	errno = 0;
	if (strtoull(digits, NULL, 10) > most || errno == ERANGE)
		return shape_wrong(s, node, "'%.60s' is too large: at most %llu", digits,
			(unsigned long long)most);
	return 0;
}

static int check_float(const struct shape *s, const yaml_node_t *node)
{
	const char *text = (const char *)node->data.scalar.value;
	char *end = NULL;

	if (shape_is_scalar(node))
		strtod(text, &end);
	if (end == NULL || end == text || *end != '\0')
		return shape_is_no(s, node, "number", "write it in digits, such as 0.5");
	return 0;
}

static int check_enum(
	const struct shape *s, const cyaml_schema_value_t *schema, const yaml_node_t *node)
{
	const cyaml_strval_t *words = schema->enumeration.strings;
	char shown[SHAPE_SHOWN], all[128] = "";
	size_t len = 0;

	for (uint32_t i = 0; i < schema->enumeration.count; i++) {
		if (node->type == YAML_SCALAR_NODE &&
			strcmp(words[i].str, (const char *)node->data.scalar.value) == 0)
			return 0;
		if (len < sizeof(all))
			len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s",
				i > 0 ? ", " : "", words[i].str);
	}
	return shape_wrong(s, node, "%s is none of: %s", shape_shown(node, shown), all);
}

static int check_string(
	const struct shape *s, const cyaml_schema_value_t *schema, const yaml_node_t *node)
{
	if (node->type != YAML_SCALAR_NODE)
		return shape_is_no(s, node, "text", "write one value");
	if (node->data.scalar.length == 0 && schema->string.min > 0)
		return shape_is_no(s, node, "text", "write one value");
	if (node->data.scalar.length < schema->string.min ||
		node->data.scalar.length > schema->string.max)
		return shape_wrong(s, node, "%zu bytes long; wanted are %u to %u",
			node->data.scalar.length, schema->string.min, schema->string.max);
	return 0;
}

int shape_check_scalar(
	const struct shape *s, const cyaml_schema_value_t *schema, const yaml_node_t *node)
{
	switch (schema->type) {
	case CYAML_UINT:
		return check_uint(s, schema, node);
	case CYAML_FLOAT:
		return check_float(s, node);
	case CYAML_ENUM:
		return check_enum(s, schema, node);
	case CYAML_STRING:
		return check_string(s, schema, node);
	default:
		return 0;
	}
}

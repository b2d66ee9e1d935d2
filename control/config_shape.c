/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_shape.h"

#include "control/config_lines.h"
#include "control/config_shape_scalar.h"
#include "control/near_word.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int check_value(
	struct shape *s, const cyaml_schema_value_t *schema, const yaml_node_t *node);

static yaml_node_t *at(const struct shape *s, int index)
{
	return yaml_document_get_node(s->document, index);
}

static const char *key_of(const struct shape *s, const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = at(s, pair->key);

	return key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value : "";
}

/* There is none of this name: which is meant? */
static int unknown(
	const struct shape *s, const cyaml_schema_field_t *fields, const yaml_node_pair_t *pair)
{
	const char *meant = NULL;
	unsigned best = WORDS_APART;
	char key[SHAPE_SHOWN];

	for (const cyaml_schema_field_t *f = fields; f->key != NULL; f++) {
		unsigned distance = near_word_distance(key_of(s, pair), f->key);

		if (distance < best) {
			best = distance;
			meant = f->key;
		}
	}
	return shape_wrong(s, at(s, pair->key),
		"there is no option %s here%s%s%s uproard --print-config shows all",
		shape_shown(at(s, pair->key), key), meant != NULL ? "; did you mean '" : "",
		meant != NULL ? meant : "", meant != NULL ? "'?" : ";");
}

static const yaml_node_pair_t *pair_of(
	const struct shape *s, const yaml_node_t *node, const char *key)
{
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
		p < node->data.mapping.pairs.top; p++) {
		if (strcmp(key_of(s, p), key) == 0)
			return p;
	}
	return NULL;
}

static int check_pair(struct shape *s, const cyaml_schema_field_t *fields,
	const yaml_node_t *mapping, const yaml_node_pair_t *pair)
{
	const char *key = key_of(s, pair);
	const cyaml_schema_field_t *f = fields;
	size_t before = s->len;

	while (f->key != NULL && strcmp(f->key, key) != 0)
		f++;
	if (f->key == NULL)
		return unknown(s, fields, pair);
	if (pair_of(s, mapping, key) != pair)
		return shape_wrong(s, at(s, pair->key), "'%s' stands here a second time", key);
	shape_enter(s, "%s%s", before > 0 ? "." : "", key);
	int ret = check_value(s, &f->value, at(s, pair->value));
	shape_leave(s, before);
	return ret;
}

static int check_mapping(
	struct shape *s, const cyaml_schema_value_t *schema, const yaml_node_t *node)
{
	const cyaml_schema_field_t *fields = schema->mapping.fields;

	if (node->type != YAML_MAPPING_NODE)
		return shape_is_no(s, node, "group of options",
			"write OPTION: VALUE, each in a line of its own below it");
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
		p < node->data.mapping.pairs.top; p++) {
		if (check_pair(s, fields, node, p) < 0)
			return -EINVAL;
	}
	for (const cyaml_schema_field_t *f = fields; f->key != NULL; f++) {
		if ((f->value.flags & CYAML_FLAG_OPTIONAL) == 0 && pair_of(s, node, f->key) == NULL)
			return shape_wrong(s, node, "'%s' is missing: write %s: and its value",
				f->key, f->key);
	}
	return 0;
}

static int check_sequence(
	struct shape *s, const cyaml_schema_value_t *schema, const yaml_node_t *node)
{
	const cyaml_schema_value_t *entry = schema->sequence.entry;
	size_t before = s->len;
	char shown[SHAPE_SHOWN], hint[SHAPE_SHOWN + 16];
	unsigned n = 0;

	if (node->type != YAML_SEQUENCE_NODE) {
		snprintf(hint, sizeof(hint), "write [%s]", shape_shown(node, shown));
		return shape_is_no(s, node, "list",
			entry->type == CYAML_STRING && shape_is_scalar(node)
				? hint
				: "write each entry in a line of its own, behind a dash");
	}
	for (const yaml_node_item_t *i = node->data.sequence.items.start;
		i < node->data.sequence.items.top; i++) {
		shape_enter(s, "[%u]", n++);
		if (check_value(s, entry, at(s, *i)) < 0)
			return -EINVAL;
		shape_leave(s, before);
	}
	return 0;
}

static int check_value(struct shape *s, const cyaml_schema_value_t *schema, const yaml_node_t *node)
{
	switch (schema->type) {
	case CYAML_MAPPING:
		return check_mapping(s, schema, node);
	case CYAML_SEQUENCE:
		return check_sequence(s, schema, node);
	default:
		return shape_check_scalar(s, schema, node);
	}
}

int config_shape(
	const cyaml_schema_value_t *schema, const char *text, size_t len, char *error, size_t cap)
{
	yaml_document_t document;
	struct shape s = {.document = &document, .error = error, .cap = cap};

	if (!config_yaml(&document, text, len, error, cap))
		return -EINVAL;
	const yaml_node_t *root = yaml_document_get_root_node(&document);
	int ret = root != NULL ? check_value(&s, schema, root) : 0; // NULL: nothing but comments
	yaml_document_delete(&document);
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool config_yaml(yaml_document_t *document, const char *text, size_t len, char *error, size_t cap)
{
	yaml_parser_t parser;
	bool good;

	if (!yaml_parser_initialize(&parser))
		return false;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	good = yaml_parser_load(&parser, document) != 0;
	if (!good && error != NULL)
		snprintf(error, cap, "line %zu: this is not YAML: %s%s%s",
			parser.problem_mark.line + 1,
			parser.problem != NULL ? parser.problem : "unreadable",
			parser.context != NULL ? ", " : "",
			parser.context != NULL ? parser.context : "");
	yaml_parser_delete(&parser);
	return good;
}

static unsigned line_of(const yaml_node_t *node)
{
	return (unsigned)node->start_mark.line + 1;
}

static bool is_scalar(const yaml_node_t *node, const char *text, size_t len)
{
	return node != NULL && node->type == YAML_SCALAR_NODE && node->data.scalar.length == len &&
	       memcmp(node->data.scalar.value, text, len) == 0;
}

static yaml_node_t *member(
	yaml_document_t *document, yaml_node_t *node, const char *key, size_t len)
{
	if (node->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
		p++) {
		if (is_scalar(yaml_document_get_node(document, p->key), key, len))
			return yaml_document_get_node(document, p->value);
	}
	return NULL;
}

static yaml_node_t *element(yaml_document_t *document, yaml_node_t *node, unsigned long i)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return NULL;
	yaml_node_item_t *item = node->data.sequence.items.start + i;
	return item < node->data.sequence.items.top ? yaml_document_get_node(document, *item)
						    : NULL;
}

/* One step along the path; *path is moved behind it. */
static yaml_node_t *step(yaml_document_t *document, yaml_node_t *node, const char **path)
{
	if (**path == '.')
		(*path)++;
	if (**path == '[') {
		char *end;
		unsigned long i = strtoul(*path + 1, &end, 10);

		*path = *end == ']' ? end + 1 : end;
		return element(document, node, i);
	}
	size_t len = strcspn(*path, ".[");
	const char *key = *path;
	*path += len;
	return member(document, node, key, len);
}

/* Walks the path as far as it exists; *line is that of the last part that does. */
static bool walk(const char *text, size_t len, const char *path, unsigned *line)
{
	yaml_document_t document;

	*line = 0;
	if (!config_yaml(&document, text, len, NULL, 0))
		return false;
	yaml_node_t *node = yaml_document_get_root_node(&document);
	while (node != NULL && *path != '\0') {
		node = step(&document, node, &path);
		if (node != NULL)
			*line = line_of(node);
	}
	yaml_document_delete(&document);
	return node != NULL;
}

unsigned config_line(const char *text, size_t len, const char *path)
{
	unsigned line;

	walk(text, len, path, &line);
	return line;
}

bool config_present(const char *text, size_t len, const char *path)
{
	unsigned line;

	return walk(text, len, path, &line);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Where in a YAML text something stands, for messages.
 */
#ifndef CONTROL_CONFIG_LINES_H
#define CONTROL_CONFIG_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

/* A text as a tree, which the caller deletes. If it is no YAML, error says in which line and why;
 * error may be NULL. */
bool config_yaml(yaml_document_t *document, const char *text, size_t len, char *error, size_t cap);

/*
 * Line of the value at a path such as "catalogue[3].emoji[0]", or of the last part of the path that
 * exists; 0 if nothing of it does.
 */
unsigned config_line(const char *text, size_t len, const char *path);

/* Is there a value at that path, were it an empty list? */
bool config_present(const char *text, size_t len, const char *path);

#endif

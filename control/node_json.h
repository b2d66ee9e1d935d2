/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What `uproar stats` shows of a node that counts nothing, as one JSON object.
 */
#ifndef CONTROL_NODE_JSON_H
#define CONTROL_NODE_JSON_H

struct node;

/* NULL: no memory. free() it. One line without a line end. */
char *node_json(const struct node *n);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a reload (reload.h) means for a node that counts nothing.
 */
#ifndef CONTROL_NODE_RELOAD_H
#define CONTROL_NODE_RELOAD_H

#include "control/reload.h"

struct node;

struct reload_target node_reload_target(struct node *n);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the control thread of such a node does while it runs: it takes what comes out of the
 * cluster, answers questions, and waits for signals.
 */
#ifndef CONTROL_NODE_LOOP_H
#define CONTROL_NODE_LOOP_H

#include "control/node.h"

/* As main_loop_run() and main_loop_answer(). */
int node_loop_run(struct node *n, const sigset_t *stop);
char *node_loop_answer(void *node, const char *request, uint64_t *note);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The signals that are for the process as a whole: a descriptor tells of them, and no thread is
 * interrupted.
 */
#ifndef CONTROL_SIGNALS_H
#define CONTROL_SIGNALS_H

#include <signal.h>

enum signal_wish { WISH_NOTHING, WISH_RELOAD, WISH_STOP };

/* Before any thread starts, so that every thread inherits it. Returns which ones they are. */
sigset_t signals_block(void);

/* A descriptor for them; -errno. */
int signals_open(const sigset_t *set);

/* What the next one of them wants. */
enum signal_wish signals_take(int fd);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the control thread does while the appliance runs: it waits for the end of a window, for
 * questions and for signals, and for what other threads have ready. appliance.h opens what it needs
 * and closes it.
 */
#ifndef CONTROL_MAIN_LOOP_H
#define CONTROL_MAIN_LOOP_H

#include "control/window_clock.h"

#include <signal.h>
#include <stdint.h>

struct appliance;

/* Until a signal of these has said stop and subscribers were told. EXIT_SUCCESS, or the exit status
 * after a line in the log. */
int main_loop_run(struct appliance *a, const sigset_t *stop);

/* Shows what was counted since the last one, to everybody who wants to know. */
void main_loop_close_window(struct appliance *a, struct window_span span);

/* For control_socket.h: a JSON object, to be freed; NULL: nobody knows the request, or, with a
 * note, the answer is not there yet. */
char *main_loop_answer(void *appliance, const char *request, uint64_t *note);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A listening socket of one thread. With several threads each has its own on the same address
 * (SO_REUSEPORT), and the kernel spreads the clients.
 */
#ifndef FANOUT_LISTENER_H
#define FANOUT_LISTENER_H

#include "fanout/fanout.h"

#include <stdbool.h>

struct engine_thread;

struct listener {
	int fd;
	enum fanout_protocol protocol;
	bool armed; // a multishot accept is under way
	bool closed;
	bool starved; // waits for descriptors or memory to become free
};

/*
 * Binds and listens; shared says that other threads bind to the same address. Waits a little for an
 * address that is in use: after a SIGKILL with many connections the kernel needs a moment. 0 and
 * the socket in *fd, or -errno with a sentence in error.
 */
int listener_bind(
	const struct fanout_listener *wanted, bool shared, int *fd, char *error, size_t cap);

/* Can the address be had by us alone? Without asking, SO_REUSEPORT would share it with anybody. */
int listener_probe(const struct fanout_listener *wanted, char *error, size_t cap);

/* The address as one writes it: 127.0.0.1:7780, [::1]:7780. */
void listener_name(const struct fanout_listener *l, char *out, size_t cap);

void listener_accept(struct engine_thread *t, unsigned index);
void listener_on_accept(struct engine_thread *t, unsigned index, int res, uint32_t flags);

/* Accepts no more: from now on a client's connection is refused by the kernel. */
void listeners_close(struct engine_thread *t);

/* Something was freed, or time has passed: those that starved try again. */
void listeners_resume(struct engine_thread *t);

#endif

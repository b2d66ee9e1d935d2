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
#include "fanout/protocol.h"

#include <stdbool.h>

struct engine_thread;

struct listener {
	int fd;
	enum fanout_protocol protocol;
	bool proxied;  // by proxies that say whose each connection is
	uint8_t armed; // accepts that are under way
	bool starved;  // waits for descriptors or memory to become free, or for fanout_admit()
	bool tls;
	bool closed;
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

/* What its clients speak. */
const struct protocol *listener_protocol(const struct listener *l);

void listener_accept(struct engine_thread *t, unsigned index);
void listener_on_accept(struct engine_thread *t, unsigned index, int res, uint32_t flags);

/* Accepts no more: from now on a client's connection is refused by the kernel. */
void listeners_close(struct engine_thread *t);

/* Something was freed, or time has passed: those that wait try again. */
void listeners_resume(struct engine_thread *t);

/* So long it is until one that waits for its rate may accept again; UINT32_MAX: none does. */
uint32_t listeners_wait_ms(const struct engine_thread *t);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Who may be connected: so many connections in all, and so many from one source. All threads count
 * together.
 */
#ifndef FANOUT_ADMISSION_H
#define FANOUT_ADMISSION_H

#include "fanout/connection.h"
#include "fanout/sources.h"

/* It may not be there, and is told so if there is the time. */
void admission_refuse(struct connection *c, enum fanout_refusal reason);

/* There is one connection more. False: there were too many, and it has been refused. */
bool admission_enter(struct connection *c);

/* The address of the other end of the socket. Returns false if it is gone already. */
bool admission_peer(const struct connection *c, struct sockaddr_storage *peer);

/* It comes from there. False: there were too many from there, and it has been refused. */
bool admission_from(struct connection *c, source_t source);

/* It is gone. */
void admission_leave(struct connection *c);

#endif

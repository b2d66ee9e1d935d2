/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The beginning of a connection that a proxy passes on (connection.proxied): a header says whose it
 * is, then the client speaks. Only from proxies that are trusted; who else comes is closed without
 * a word, since nothing is known about what it speaks.
 */
#ifndef FANOUT_CONNECTION_PROXY_H
#define FANOUT_CONNECTION_PROXY_H

#include "fanout/connection.h"
#include "fanout/proxy_header.h"

struct proxy_state { // connection.state until then
	struct proxy_header header;
};

/* The connection is new. Waits for the header, or closes. */
void connection_proxy_begin(struct connection *c, const struct sockaddr_storage *peer);

/* There are bytes. None behind the header is read, so all that follows is as if it were new. */
void connection_proxy_read(struct connection *c);

/* The header did not come in time. */
void connection_proxy_on_deadline(struct connection *c);

/* Waits for it no more. */
void connection_proxy_end(struct connection *c);

#endif

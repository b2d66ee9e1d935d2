/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a connection does otherwise if it speaks TLS (connection.secure). What it receives is
 * decrypted before its protocol sees it. What it sends, connection.out, is encrypted record by
 * record, each when the one before has been sent: so a frame has begun as soon as it is encrypted,
 * and one that is not can still give way to a newer.
 *
 * OpenSSL's part, 14 KB a connection, is made when the client has sent the beginning of a
 * handshake.
 */
#ifndef FANOUT_CONNECTION_TLS_H
#define FANOUT_CONNECTION_TLS_H

#include "fanout/connection.h"
#include "fanout/tls.h"

/* Of a connection, in a table of its own: most installations have none. */
struct secured {
	struct tls *tls; // NULL: the client has said nothing yet
	uint32_t next;   // behind it in the queue of handshakes: connection + 1
	bool open;       // counted as such
};

/* Bytes that the client sent, for its protocol. */
void connection_tls_deliver(struct connection *c, const uint8_t *bytes, size_t len);

/* What it sends next would be for the handshake. */
bool connection_tls_is_shaking(const struct connection *c);

/* Something of TLS is to be sent: a record, or what belongs to the protocol itself. */
bool connection_tls_has_output(const struct connection *c);
size_t connection_tls_output(const struct connection *c, const uint8_t **bytes);

/* Encrypts what is next of out, or closes the connection. */
void connection_tls_encrypt(struct connection *c);

/*
 * So much of the output was sent. Returns whether that was all of what was last given out; the next
 * may follow.
 */
bool connection_tls_sent(struct connection *c, size_t len);

/* Nothing will be put any more. Returns whether there is something to be sent about that. */
bool connection_tls_say_goodbye(struct connection *c);

/* Frees what it has. */
void connection_tls_end(struct connection *c);

#endif

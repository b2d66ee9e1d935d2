/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The TLS of a connection and OpenSSL as its client, with nothing but memory between them.
 */
#ifndef TESTS_UNIT_TLS_PAIR_H
#define TESTS_UNIT_TLS_PAIR_H

#include "fanout/tls.h"

#include <openssl/ssl.h>

struct pair {
	struct tls_context *context;
	SSL_CTX *settings; // of the client
	struct tls *server;
	SSL *client;
	BIO *to_client, *from_client;
	size_t step;          // so many bytes are fed, and sent, at once; 0: all there are
	uint8_t heard[70000]; // what the server got
	size_t heard_len;
	uint8_t caught[70000]; // what the client got
	size_t caught_len;
};

/* Neither has spoken yet. version: TLS1_2_VERSION, TLS1_3_VERSION. */
struct pair *pair_new(int version);
void pair_free(struct pair *p);

/* Both begin anew; the client keeps its settings. */
void pair_again(struct pair *p);

/* What one has written reaches the other, which deals with it. Return how many bytes it was. */
size_t pair_to_server(struct pair *p);
size_t pair_to_client(struct pair *p);

/* Until nobody has anything to say. */
void pair_talk(struct pair *p);

/* The same, and both have to be open then. */
void pair_open(struct pair *p);

#endif

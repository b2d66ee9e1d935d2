/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * OpenSSL's client on a real socket. It waits for what it expects, with a deadline.
 */
#ifndef TESTS_UNIT_TLS_CLIENT_H
#define TESTS_UNIT_TLS_CLIENT_H

#include <openssl/ssl.h>
#include <stdint.h>

struct tls_client {
	int fd;
	SSL *ssl;
};

/* A client that has not shaken hands yet. version: TLS1_2_VERSION, TLS1_3_VERSION. */
struct tls_client tls_client_new(uint16_t port, int version, int receive_buffer);

/* The same, and the handshake is done. */
struct tls_client tls_client_connect(uint16_t port, int version, int receive_buffer);

void tls_client_send(struct tls_client *c, const char *text);
void tls_client_read(struct tls_client *c, void *out, size_t len);

/* Reads until the bytes that were read end with end; their text. */
const char *tls_client_read_until(struct tls_client *c, const char *end, char *out, size_t cap);

/* A WebSocket of channel 1, binary frames. */
struct tls_client tls_client_websocket(uint16_t port, int version, int receive_buffer);

/* The next of its frames, which is one of rig_publish() with this length; its number. */
uint32_t tls_client_frame(struct tls_client *c, size_t len);

/* The common name of the server's certificate. */
const char *tls_client_server_name(struct tls_client *c, char *out, size_t cap);

void tls_client_close(struct tls_client *c);

#endif

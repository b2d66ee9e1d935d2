/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "tls_client.h"

#include "fanout_rig.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct tls_client tls_client_new(uint16_t port, int version, int receive_buffer)
{
	const struct timeval deadline = {.tv_sec = 20};
	struct tls_client c = {.fd = client_connect(port, receive_buffer)};
	SSL_CTX *settings = SSL_CTX_new(TLS_client_method());

	setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline));
	SSL_CTX_set_min_proto_version(settings, version);
	SSL_CTX_set_max_proto_version(settings, version);
	c.ssl = SSL_new(settings);
	SSL_CTX_free(settings);
	SSL_set_fd(c.ssl, c.fd);
	SSL_set_connect_state(c.ssl);
	return c;
}

struct tls_client tls_client_connect(uint16_t port, int version, int receive_buffer)
{
	struct tls_client c = tls_client_new(port, version, receive_buffer);
	int ret = SSL_do_handshake(c.ssl);

	cr_assert_eq(ret, 1, "%s", ERR_reason_error_string(ERR_peek_error()));
	return c;
}

void tls_client_send(struct tls_client *c, const char *text)
{
	cr_assert_eq(SSL_write(c->ssl, text, (int)strlen(text)), (int)strlen(text));
}

void tls_client_read(struct tls_client *c, void *out, size_t len)
{
	for (size_t have = 0; have < len;) {
		int n = SSL_read(c->ssl, (char *)out + have, (int)(len - have));

		cr_assert_gt(
			n, 0, "error %d, %zu bytes early", SSL_get_error(c->ssl, n), len - have);
		have += (size_t)n;
	}
}

const char *tls_client_read_until(struct tls_client *c, const char *end, char *out, size_t cap)
{
	size_t have = 0, end_len = strlen(end);

	do {
		cr_assert_lt(have + 1, cap);
		tls_client_read(c, out + have++, 1);
	} while (have < end_len || memcmp(out + have - end_len, end, end_len) != 0);
	out[have] = '\0';
	return out;
}

struct tls_client tls_client_websocket(uint16_t port, int version, int receive_buffer)
{
	struct tls_client c = tls_client_connect(port, version, receive_buffer);
	char head[2048];

	tls_client_send(&c, "GET /v1/channels/1 HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n"
			    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
			    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
	tls_client_read_until(&c, "\r\n\r\n", head, sizeof(head));
	cr_assert_not_null(strstr(head, " 101 "), "%s", head);
	return c;
}

uint32_t tls_client_frame(struct tls_client *c, size_t len)
{
	static uint8_t got[65536], wanted[65536];
	uint8_t head[4];
	uint32_t number;

	tls_client_read(c, head, len < 126 ? 2 : 4);
	cr_assert_eq(head[0], 0x82);
	cr_assert_eq(head[1] == 126 ? (size_t)(head[2] << 8 | head[3]) : head[1], len);
	tls_client_read(c, got, len);
	memcpy(&number, got, sizeof(number));
	number = ntohl(number);
	rig_binary(wanted, 1, number, len);
	cr_assert_eq(memcmp(got, wanted, len), 0, "frame %u is whole", number);
	return number;
}

const char *tls_client_server_name(struct tls_client *c, char *out, size_t cap)
{
	X509 *x = SSL_get1_peer_certificate(c->ssl);

	X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, out, (int)cap);
	X509_free(x);
	return out;
}

void tls_client_close(struct tls_client *c)
{
	SSL_free(c->ssl);
	close(c->fd);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * TLS clients of a real fan-out: that they get what others get, and cost others nothing.
 */

#include "fanout/address_range.h"
#include "fanout_rig.h"
#include "tls_certificate.h"
#include "tls_client.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct tls_certificate files;

static void make(void)
{
	files = tls_certificate_make("one.example", -1, 30);
}

static void clean(void)
{
	tls_certificate_remove(&files);
}

TestSuite(fanout_tls_clients, .init = make, .fini = clean);

static int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

#define FOR_BOTH_VERSIONS(name)                               \
	ParameterizedTestParameters(fanout_tls_clients, name) \
	{                                                     \
		return cr_make_param_array(int, versions, 2); \
	}                                                     \
	ParameterizedTest(int *version, fanout_tls_clients, name)

FOR_BOTH_VERSIONS(a_websocket_gets_frames)
{
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	struct tls_client c = tls_client_websocket(rig.https, *version, 0);

	for (uint32_t n = 1; n <= 20; n++) {
		rig_publish(&rig, 1, n, n * 100);
		cr_expect_eq(tls_client_frame(&c, n * 100), n);
	}
	cr_expect_eq(rig_stats(&rig).tls, 1);
	cr_expect_eq(rig_stats(&rig).tls_handshakes, 1);
	tls_client_close(&c);
	rig_await(&rig, offsetof(struct fanout_stats, tls), 0);
	rig_await(&rig, offsetof(struct fanout_stats, websocket), 0);
	rig_stop(&rig);
}

/* Larger than a record, so it takes several. */
FOR_BOTH_VERSIONS(a_large_document_comes_whole)
{
	enum { LEN = 300000 };
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	struct tls_client c = tls_client_connect(rig.https, *version, 2048);
	char *body = malloc(LEN), *got = malloc(LEN), head[2048];

	for (size_t i = 0; i < LEN; i++)
		body[i] = (char)(i * 7 + i / 1000);
	cr_assert_eq(fanout_document(rig.fanout, "/large", "text/plain", body, LEN), 0);
	for (int i = 0; i < 2; i++) {
		tls_client_send(&c, "GET /large HTTP/1.1\r\nHost: here\r\n\r\n");
		tls_client_read_until(&c, "\r\n\r\n", head, sizeof(head));
		cr_expect_not_null(strstr(head, "Content-Length: 300000\r\n"), "%s", head);
		tls_client_read(&c, got, LEN);
		cr_expect_eq(memcmp(got, body, LEN), 0);
	}
	free(body);
	free(got);
	tls_client_close(&c);
	rig_stop(&rig);
}

FOR_BOTH_VERSIONS(requests_in_one_record_are_answered_in_turn)
{
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	struct tls_client c = tls_client_connect(rig.https, *version, 0);
	char head[2048], body[8];

	fanout_document(rig.fanout, "/a", "text/plain", "alpha", 5);
	fanout_document(rig.fanout, "/b", "text/plain", "betas", 5);
	tls_client_send(&c, "GET /a HTTP/1.1\r\nHost: here\r\n\r\n"
			    "GET /b HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
	tls_client_read_until(&c, "\r\n\r\n", head, sizeof(head));
	tls_client_read(&c, body, 5);
	cr_expect_eq(memcmp(body, "alpha", 5), 0);
	tls_client_read_until(&c, "\r\n\r\n", head, sizeof(head));
	tls_client_read(&c, body, 5);
	cr_expect_eq(memcmp(body, "betas", 5), 0);
	cr_expect_eq(SSL_read(c.ssl, body, 1), 0);
	cr_expect_eq(SSL_get_shutdown(c.ssl), SSL_RECEIVED_SHUTDOWN, "the end is said");
	tls_client_close(&c);
	rig_stop(&rig);
}

static void send_byte_by_byte(int fd, BIO *out)
{
	char byte;

	while (BIO_read(out, &byte, 1) == 1)
		client_send_bytes(fd, &byte, 1);
}

/* Its handshake and its request, in as many packets as there are bytes. */
FOR_BOTH_VERSIONS(a_client_may_send_byte_by_byte)
{
	static const char request[] = "GET /a HTTP/1.1\r\nHost: here\r\n\r\n";
	struct rig rig = rig_start_tls(&files, 1, 100, 20);
	struct tls_client c = tls_client_new(rig.https, *version, 0);
	struct pollfd p = {.fd = c.fd, .events = POLLIN};
	BIO *out = BIO_new(BIO_s_mem());
	char head[2048], body[5];
	int no_delay = 1;

	fanout_document(rig.fanout, "/a", "text/plain", "alpha", 5);
	setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof(no_delay));
	SSL_set0_wbio(c.ssl, out);
	BIO_socket_nbio(c.fd, 1);
	while (SSL_do_handshake(c.ssl) != 1) {
		send_byte_by_byte(c.fd, out);
		cr_assert_eq(poll(&p, 1, 20000), 1);
	}
	tls_client_send(&c, request);
	send_byte_by_byte(c.fd, out);
	BIO_socket_nbio(c.fd, 0);
	tls_client_read_until(&c, "\r\n\r\n", head, sizeof(head));
	tls_client_read(&c, body, sizeof(body));
	cr_expect_eq(memcmp(body, "alpha", sizeof(body)), 0);
	tls_client_close(&c);
	rig_stop(&rig);
}

Test(fanout_tls_clients, one_without_tls_is_told_so)
{
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	int fd = client_connect(rig.https, 0);
	char answer[4096];

	client_send(fd, "GET / HTTP/1.1\r\nHost: here\r\n\r\n");
	client_read_all(fd, answer, sizeof(answer));
	cr_expect_not_null(strstr(answer, "HTTP/1.1 400 "), "%s", answer);
	cr_expect_not_null(strstr(answer, "this port speaks TLS"), "%s", answer);
	cr_expect_eq(rig_stats(&rig).refusals[FANOUT_REFUSED_tls_wanted], 1);
	close(fd);
	rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	rig_stop(&rig);
}

/*
 * It has asked for a stream behind a document and said that it will ask for no more, all in a
 * segment. That is the stream's matter then, not that of HTTP.
 */
Test(fanout_tls_clients, one_that_has_asked_for_all_it_wants_stays_subscribed)
{
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	struct tls_client c = tls_client_connect(rig.https, TLS1_3_VERSION, 0);
	const int on = 1, off = 0;
	char text[4096];

	fanout_document(rig.fanout, "/a", "text/plain", "body", 4);
	rig_publish(&rig, 1, 1, 50);
	setsockopt(c.fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
	tls_client_send(&c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
			    "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\n"
			    "Accept: text/event-stream\r\n\r\n");
	SSL_shutdown(c.ssl);
	setsockopt(c.fd, IPPROTO_TCP, TCP_CORK, &off, sizeof(off));
	tls_client_read_until(&c, "\r\n\r\nbody", text, sizeof(text));
	tls_client_read_until(&c, "\r\n\r\nid: 1\ndata: ", text, sizeof(text));
	tls_client_read_until(&c, "\n\n", text, sizeof(text));
	rig_publish(&rig, 1, 2, 50);
	tls_client_read_until(&c, "id: 2\ndata: ", text, sizeof(text));
	cr_assert_eq(rig_stats(&rig).sse, 1);
	tls_client_close(&c);
	rig_stop(&rig);
}

/* The header of the proxy comes in the clear, the client's TLS behind it. */
Test(fanout_tls_clients, a_proxy_says_whose_it_is)
{
	static const uint8_t header[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c"
					"\xc0\x00\x02\x01\xc0\x00\x02\x02\x12\x34\x1e\x3f";
	struct address_range here;
	struct fanout_config config = {
		.threads = 1,
		.max_connections = 100,
		.handshake_seconds = 10,
		.tls_certificate = files.certificate,
		.tls_key = files.key,
		.proxies = &here,
		.n_proxies = 1,
	};
	char answer[2048];

	cr_assert(address_range_parse("127.0.0.1", &here));
	struct rig rig = rig_start_with(config, true);
	struct tls_client c = tls_client_new(rig.https, TLS1_3_VERSION, 0);
	client_send_bytes(c.fd, header, sizeof(header) - 1);
	cr_assert_eq(SSL_do_handshake(c.ssl), 1);
	tls_client_send(&c, "GET /none HTTP/1.1\r\nHost: here\r\n\r\n");
	tls_client_read_until(&c, "\r\n\r\n", answer, sizeof(answer));
	cr_expect_not_null(strstr(answer, " 404 "), "%s", answer);
	tls_client_close(&c);
	rig_stop(&rig);
}

FOR_BOTH_VERSIONS(mqtt_gets_frames)
{
	static const char connect[] = "\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02me";
	static const char subscribe[] = "\x82\x13\x00\x01\x00\x0euproar/1/frame\x00";
	static const uint8_t answers[] = {0x20, 2, 0, 0, 0x90, 3, 0, 1, 0};
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	struct tls_client c = tls_client_connect(rig.mqtts, *version, 0);
	uint8_t got[200];

	cr_assert_eq(SSL_write(c.ssl, connect, sizeof(connect) - 1), sizeof(connect) - 1);
	cr_assert_eq(SSL_write(c.ssl, subscribe, sizeof(subscribe) - 1), sizeof(subscribe) - 1);
	tls_client_read(&c, got, sizeof(answers));
	cr_expect_eq(memcmp(got, answers, sizeof(answers)), 0);
	rig_publish(&rig, 1, 7, 100);
	tls_client_read(&c, got, 2 + 16 + 100);
	cr_expect_eq(got[0], 0x30);
	cr_expect_eq(got[2 + 16 + 3], 7);
	tls_client_close(&c);
	rig_stop(&rig);
}

static void expect_alert(int fd, uint8_t alert)
{
	char answer[64];

	cr_assert_eq(client_read_all(fd, answer, sizeof(answer)), 7);
	cr_expect_eq(memcmp(answer, "\x15\x03\x03\x00\x02\x02", 6), 0);
	cr_expect_eq((uint8_t)answer[6], alert);
}

Test(fanout_tls_clients, garbage_is_answered_by_an_alert)
{
	static const uint8_t long_hello[] = {22, 3, 1, 2, 0, 1, 1, 0, 0};
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	int fd = client_connect(rig.https, 0);

	client_send_bytes(fd, long_hello, sizeof(long_hello));
	expect_alert(fd, SSL_AD_ILLEGAL_PARAMETER);
	close(fd);
	fd = client_connect(rig.https, 0);
	client_send_bytes(fd, "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10);
	expect_alert(fd, SSL_AD_DECODE_ERROR);
	close(fd);
	cr_expect_eq(rig_stats(&rig).refusals[FANOUT_REFUSED_tls_handshake], 2);
	rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	rig_stop(&rig);
}

Test(fanout_tls_clients, one_too_many_gets_an_alert)
{
	struct rig rig = rig_start_tls(&files, 1, 1, 10);
	struct tls_client c = tls_client_websocket(rig.https, TLS1_3_VERSION, 0);
	int fd = client_connect(rig.https, 0);

	expect_alert(fd, SSL_AD_INTERNAL_ERROR);
	close(fd);
	tls_client_close(&c);
	rig_stop(&rig);
}

Test(fanout_tls_clients, a_handshake_has_a_deadline)
{
	struct rig rig = rig_start_tls(&files, 1, 100, 1);
	int silent = client_connect(rig.https, 0), half = client_connect(rig.https, 0);

	client_send_bytes(half, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
	expect_alert(silent, SSL_AD_INTERNAL_ERROR);
	expect_alert(half, SSL_AD_INTERNAL_ERROR);
	cr_expect_eq(rig_stats(&rig).timed_out, 2);
	close(silent);
	close(half);
	rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	rig_stop(&rig);
}

FOR_BOTH_VERSIONS(who_does_not_read_skips_to_the_newest)
{
	enum { FRAMES = 300, LEN = 3000 };
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	struct tls_client slow = tls_client_websocket(rig.https, *version, 2048);
	struct tls_client healthy = tls_client_websocket(rig.https, *version, 0);
	uint32_t number = 0;
	unsigned frames = 0;

	for (uint32_t n = 1; n <= FRAMES; n++) {
		rig_publish(&rig, 1, n, LEN);
		cr_assert_eq(tls_client_frame(&healthy, LEN), n);
	}
	for (; number != FRAMES; frames++) {
		uint32_t next = tls_client_frame(&slow, LEN);

		cr_assert_gt(next, number, "frames come in order");
		number = next;
	}
	cr_expect_lt(frames, FRAMES / 2, "%u came", frames);
	rig_publish(&rig, 1, FRAMES + 1, LEN);
	cr_expect_eq(tls_client_frame(&slow, LEN), FRAMES + 1, "and it is up to date again");
	rig_await(&rig, offsetof(struct fanout_stats, frames_skipped), FRAMES - frames);
	tls_client_close(&slow);
	tls_client_close(&healthy);
	rig_stop(&rig);
}

/* A frame of several records is finished once it was begun. */
FOR_BOTH_VERSIONS(who_does_not_read_large_frames_gets_whole_ones)
{
	enum { FRAMES = 60, LEN = 60000 };
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	struct tls_client slow = tls_client_websocket(rig.https, *version, 2048);
	struct tls_client healthy = tls_client_websocket(rig.https, *version, 0);
	uint32_t number = 0;

	for (uint32_t n = 1; n <= FRAMES; n++) {
		rig_publish(&rig, 1, n, LEN);
		cr_assert_eq(tls_client_frame(&healthy, LEN), n);
	}
	while (number != FRAMES) {
		uint32_t next = tls_client_frame(&slow, LEN);

		cr_assert_gt(next, number, "frames come in order");
		number = next;
	}
	tls_client_close(&slow);
	tls_client_close(&healthy);
	rig_stop(&rig);
}

FOR_BOTH_VERSIONS(the_end_is_said)
{
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	struct tls_client c = tls_client_websocket(rig.https, *version, 0);
	uint8_t close_frame[4];

	fanout_stop(rig.fanout);
	tls_client_read(&c, close_frame, sizeof(close_frame));
	cr_expect_eq(memcmp(close_frame, "\x88\x02\x03\xe9", 4), 0);
	cr_expect_eq(SSL_read(c.ssl, close_frame, 1), 0);
	cr_expect_eq(SSL_get_shutdown(c.ssl), SSL_RECEIVED_SHUTDOWN);
	tls_client_close(&c);
}

static void expect_name(const struct rig *rig, const char *wanted)
{
	struct tls_client c = tls_client_connect(rig->https, TLS1_3_VERSION, 0);
	char name[64];

	cr_expect_str_eq(tls_client_server_name(&c, name, sizeof(name)), wanted);
	tls_client_close(&c);
}

static int reload_from(const struct rig *rig, const char *certificate, const char *key,
	char report[FANOUT_REPORT_MAX])
{
	const struct fanout_settings settings = {.max_connections = 100,
		.handshake_seconds = 10,
		.tls_certificate = certificate,
		.tls_key = key};
	struct fanout_change *change;
	int ret = fanout_prepare(rig->fanout, &settings, &change, report);

	if (ret >= 0)
		fanout_change(rig->fanout, change);
	return ret;
}

static int reload(const struct rig *rig, char report[FANOUT_REPORT_MAX])
{
	return reload_from(rig, files.certificate, files.key, report);
}

/* Who takes TLS out of the configuration takes it out altogether; the listeners stay until a
 * restart. */
Test(fanout_tls_clients, a_reload_without_a_certificate_leaves_the_one_that_is_there)
{
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	char report[FANOUT_REPORT_MAX];

	cr_expect_eq(reload_from(&rig, NULL, NULL, report), 0);
	cr_expect_str_eq(report, "");
	expect_name(&rig, "one.example");
	tls_certificate_replace(&files, "two.example");
	cr_expect_eq(reload(&rig, report), 0);
	expect_name(&rig, "two.example");
	rig_stop(&rig);
}

Test(fanout_tls_clients, a_reload_is_for_new_ones_and_drops_nobody)
{
	struct rig rig = rig_start_tls(&files, 2, 100, 10);
	struct tls_client c = tls_client_websocket(rig.https, TLS1_3_VERSION, 0);
	char report[FANOUT_REPORT_MAX];

	cr_expect(fanout_has_tls(rig.fanout));
	tls_certificate_replace(&files, "two.example");
	cr_expect_eq(reload(&rig, report), 0);
	cr_expect_not_null(strstr(report, "CN=two.example, valid until"), "%s", report);
	expect_name(&rig, "two.example");
	chmod(files.key, 0644);
	cr_expect_lt(reload(&rig, report), 0);
	cr_expect_not_null(strstr(report, "its mode is 0644"), "%s", report);
	expect_name(&rig, "two.example");
	rig_publish(&rig, 1, 1, 100);
	cr_expect_eq(tls_client_frame(&c, 100), 1);
	tls_client_close(&c);
	rig_stop(&rig);
}

/* Clients that vanish while they wait for their turn, and others behind them. */
Test(fanout_tls_clients, many_that_come_at_once_are_served_one_by_one)
{
	enum { CLIENTS = 120 };
	struct rig rig = rig_start_tls(&files, 2, 1000, 20);
	struct tls_client clients[CLIENTS];
	const struct linger reset = {.l_onoff = 1};

	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = tls_client_new(rig.https, TLS1_3_VERSION, 0);
		BIO_set_nbio(SSL_get_rbio(clients[i].ssl), 1);
		BIO_socket_nbio(clients[i].fd, 1);
		SSL_do_handshake(clients[i].ssl); // says hello
	}
	for (int i = 0; i < CLIENTS; i += 3) {
		setsockopt(clients[i].fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		tls_client_close(&clients[i]);
	}
	for (int i = 0; i < CLIENTS; i++) {
		if (i % 3 == 0)
			continue;
		BIO_socket_nbio(clients[i].fd, 0);
		cr_assert_eq(SSL_do_handshake(clients[i].ssl), 1);
	}
	rig_await(&rig, offsetof(struct fanout_stats, tls), CLIENTS - CLIENTS / 3);
	for (int i = 0; i < CLIENTS; i++) {
		if (i % 3 != 0)
			tls_client_close(&clients[i]);
	}
	rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	rig_stop(&rig);
}

/* The rest of the fan-out ends too while somebody waits for his turn. */
Test(fanout_tls_clients, it_stops_while_handshakes_wait)
{
	enum { CLIENTS = 50 };
	struct rig rig = rig_start_tls(&files, 1, 1000, 20);
	struct tls_client clients[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = tls_client_new(rig.https, TLS1_3_VERSION, 0);
		BIO_socket_nbio(clients[i].fd, 1);
		SSL_do_handshake(clients[i].ssl);
	}
	rig_await(&rig, offsetof(struct fanout_stats, accepted), CLIENTS);
	rig_stop(&rig);
	for (int i = 0; i < CLIENTS; i++)
		tls_client_close(&clients[i]);
}

Test(fanout_tls_clients, there_is_no_start_without_a_good_certificate)
{
	struct fanout_listener listener = {.protocol = FANOUT_HTTP, .tls = true};
	struct fanout_config config = {
		.listeners = &listener,
		.n_listeners = 1,
		.threads = 1,
		.max_connections = 10,
		.handshake_seconds = 10,
	};
	struct fanout *fanout = NULL;
	char error[512];

	cr_expect_eq(fanout_start(&fanout, &config, error, sizeof(error)), -EINVAL);
	cr_expect_str_eq(error, "a TLS listener needs a certificate and its key");
	config.tls_certificate = files.certificate;
	config.tls_key = "/nowhere/key.pem";
	cr_expect_eq(fanout_start(&fanout, &config, error, sizeof(error)), -ENOENT);
	cr_expect_str_eq(error, "/nowhere/key.pem: No such file or directory");
	cr_expect_null(fanout);
}

/* All of it in one record, which the server reads at once. */
FOR_BOTH_VERSIONS(requests_before_the_end_are_answered)
{
	struct rig rig = rig_start_tls(&files, 1, 100, 10);
	struct tls_client c = tls_client_connect(rig.https, *version, 0);
	static const char requests[] =
		"GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n";
	char text[4096];
	size_t have = 0;
	int n;

	fanout_document(rig.fanout, "/a", "text/plain", "first", 5);
	fanout_document(rig.fanout, "/b", "text/plain", "second", 6);
	cr_assert_eq(SSL_write(c.ssl, requests, sizeof(requests) - 1), (int)sizeof(requests) - 1);
	SSL_shutdown(c.ssl);
	while (have + 1 < sizeof(text) &&
		(n = SSL_read(c.ssl, text + have, (int)(sizeof(text) - 1 - have))) > 0)
		have += (size_t)n;
	text[have] = '\0';
	const char *first = strstr(text, "\r\n\r\nfirstHTTP/1.1 200 ");
	cr_expect_not_null(first, "%s", text);
	cr_expect_not_null(strstr(text, "\r\n\r\nsecond"), "%s", text);
	cr_expect_eq(rig_stats(&rig).refused, 0);
	tls_client_close(&c);
	rig_stop(&rig);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The TLS of one connection against OpenSSL's own client, both versions, whole and byte by byte.
 */

#include "fanout/tls.h"
#include "tests/unit/seeded_random.h"
#include "tests/unit/tls_pair.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

struct way {
	int version;
	size_t step;
};

static struct way ways[] = {
	{TLS1_3_VERSION, 0},
	{TLS1_3_VERSION, 1},
	{TLS1_3_VERSION, 700},
	{TLS1_2_VERSION, 0},
	{TLS1_2_VERSION, 1},
	{TLS1_2_VERSION, 700},
};

static struct pair *open_pair(const struct way *way)
{
	struct pair *p = pair_new(way->version);

	p->step = way->step;
	pair_open(p);
	cr_assert_eq(tls_version(p->server), way->version);
	return p;
}

ParameterizedTestParameters(fanout_tls, carries_both_ways)
{
	return cr_make_param_array(struct way, ways, sizeof(ways) / sizeof(ways[0]));
}

ParameterizedTest(struct way *way, fanout_tls, carries_both_ways)
{
	struct pair *p = open_pair(way);

	for (int i = 0; i < 3; i++) {
		SSL_write(p->client, "question", 8);
		cr_assert_eq(tls_write(p->server, "answer", 6), 0);
	}
	pair_talk(p);
	cr_expect_eq(p->heard_len, 24);
	cr_expect_eq(memcmp(p->heard, "questionquestionquestion", 24), 0);
	cr_expect_eq(p->caught_len, 18);
	cr_expect_eq(memcmp(p->caught, "answeransweranswer", 18), 0);
	pair_free(p);
}

ParameterizedTestParameters(fanout_tls, carries_much)
{
	return cr_make_param_array(struct way, ways, sizeof(ways) / sizeof(ways[0]));
}

ParameterizedTest(struct way *way, fanout_tls, carries_much)
{
	static uint8_t much[3 * TLS_RECORD_MAX];
	struct pair *p = open_pair(way);

	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t at = 0; at < sizeof(much); at += TLS_RECORD_MAX)
		cr_assert_eq(tls_write(p->server, much + at, TLS_RECORD_MAX), 0);
	SSL_write(p->client, much, sizeof(much));
	pair_talk(p);
	cr_expect_eq(p->caught_len, sizeof(much));
	cr_expect_eq(memcmp(p->caught, much, sizeof(much)), 0);
	cr_expect_eq(p->heard_len, sizeof(much));
	cr_expect_eq(memcmp(p->heard, much, sizeof(much)), 0);
	pair_free(p);
}

/* Room in a send of its own costs 22 bytes in TLS 1.3, 29 in TLS 1.2. */
Test(fanout_tls, a_frame_is_one_record)
{
	for (int i = 0; i < 2; i++) {
		struct pair *p = pair_new(i == 0 ? TLS1_3_VERSION : TLS1_2_VERSION);
		uint8_t frame[180] = {0};
		const uint8_t *record;

		pair_open(p);
		cr_assert_eq(tls_write(p->server, frame, sizeof(frame)), 0);
		cr_expect_eq(tls_output(p->server, &record), sizeof(frame) + (i == 0 ? 22 : 29));
		cr_expect_eq(record[0], 23);
		pair_free(p);
	}
}

/* What is being sent stays where it is, whatever is written meanwhile. */
Test(fanout_tls, what_is_being_sent_stays)
{
	struct pair *p = pair_new(TLS1_3_VERSION);
	const uint8_t *before, *after;
	uint8_t copy[64];

	pair_open(p);
	tls_write(p->server, "first", 5);
	size_t len = tls_output(p->server, &before);
	cr_assert_leq(len, sizeof(copy));
	memcpy(copy, before, len);
	for (int i = 0; i < 20; i++)
		tls_write(p->server, "later", 5);
	cr_expect_eq(tls_output(p->server, &after), len);
	cr_expect_eq(before, after);
	cr_expect_eq(memcmp(copy, after, len), 0);
	pair_talk(p);
	cr_expect_eq(p->caught_len, 105);
	cr_expect_eq(memcmp(p->caught, "firstlaterlater", 15), 0);
	pair_free(p);
}

static void offer(struct pair *p, const char *protocols)
{
	SSL_set_alpn_protos(
		p->client, (const unsigned char *)protocols, (unsigned)strlen(protocols));
}

Test(fanout_tls, the_protocol_is_agreed_on_where_it_is_offered)
{
	struct pair *p = pair_new(TLS1_3_VERSION);
	const unsigned char *name;
	unsigned len;

	offer(p, "\x02h2\x08http/1.1");
	pair_open(p);
	SSL_get0_alpn_selected(p->client, &name, &len);
	cr_expect_eq(len, 8);
	cr_expect_eq(memcmp(name, "http/1.1", 8), 0);
	pair_again(p);
	offer(p, "\x02h2");
	pair_talk(p);
	cr_expect_eq(tls_state(p->server), TLS_FAILED);
	cr_expect_str_eq(tls_failure(p->server), "no application protocol");
	cr_expect_eq(ERR_GET_REASON(ERR_peek_error()), SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
	pair_free(p);
}

Test(fanout_tls, older_versions_are_refused)
{
	struct pair *p = pair_new(TLS1_1_VERSION);

	SSL_set_cipher_list(p->client, "DEFAULT:@SECLEVEL=0");
	pair_talk(p);
	cr_expect_eq(tls_state(p->server), TLS_FAILED);
	cr_expect_str_eq(tls_failure(p->server), "unsupported protocol");
	cr_expect_eq(ERR_GET_REASON(ERR_peek_error()), SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
	pair_free(p);
}

static void feed(struct pair *p, const void *bytes, size_t len)
{
	uint8_t out[64];

	tls_feed(p->server, bytes, len);
	while (tls_read(p->server, out, sizeof(out)) > 0)
		;
}

Test(fanout_tls, garbage_fails_and_costs_little)
{
	struct pair *p = pair_new(TLS1_3_VERSION);
	struct seeded_random random = {7};

	for (int i = 0; i < 500; i++) {
		uint8_t bytes[600];
		const uint8_t *alert;

		random_bytes(&random, bytes, sizeof(bytes));
		bytes[0] = i % 2 == 0 ? 22 : bytes[0];
		bytes[1] = i % 2 == 0 ? 3 : bytes[1];
		feed(p, bytes, sizeof(bytes));
		cr_expect_leq(tls_output(p->server, &alert), 7);
		cr_expect(
			tls_state(p->server) == TLS_FAILED || tls_state(p->server) == TLS_SHAKING);
		pair_again(p);
	}
	pair_free(p);
}

Test(fanout_tls, a_damaged_record_fails)
{
	for (int i = 0; i < 2; i++) {
		struct pair *p = pair_new(i == 0 ? TLS1_3_VERSION : TLS1_2_VERSION);
		uint8_t *bytes;

		pair_open(p);
		SSL_write(p->client, "question", 8);
		size_t len = (size_t)BIO_get_mem_data(p->from_client, &bytes);
		bytes[len - 1] ^= 1;
		pair_to_server(p);
		cr_expect_eq(tls_state(p->server), TLS_FAILED);
		cr_expect_str_eq(tls_failure(p->server), "decryption failed or bad record mac");
		cr_expect_eq(p->heard_len, 0);
		pair_to_client(p);
		cr_expect_eq(ERR_GET_REASON(ERR_peek_error()), SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
		pair_free(p);
	}
}

/* Of each length of a handshake, the rest never comes. */
Test(fanout_tls, a_handshake_that_stops_waits)
{
	struct pair *p = pair_new(TLS1_3_VERSION);
	uint8_t *bytes;

	SSL_do_handshake(p->client);
	size_t len = (size_t)BIO_get_mem_data(p->from_client, &bytes);
	for (size_t part = 0; part < len; part++) {
		const uint8_t *out;
		struct tls *t = tls_new(p->context, "http/1.1");
		uint8_t room[16];

		tls_feed(t, bytes, part);
		cr_expect_eq(tls_read(t, room, sizeof(room)), 0);
		cr_expect_eq(tls_state(t), TLS_SHAKING);
		cr_expect_eq(tls_output(t, &out), 0);
		tls_free(t);
	}
	pair_free(p);
}

Test(fanout_tls, a_message_that_claims_to_be_long_is_refused_at_once)
{
	static const uint8_t claim[] = {22, 3, 1, 2, 0, 1, 0, 0x80, 0};
	static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 47};
	struct pair *p = pair_new(TLS1_3_VERSION);
	const uint8_t *out;

	feed(p, claim, sizeof(claim));
	cr_expect_eq(tls_state(p->server), TLS_FAILED);
	cr_expect_str_eq(tls_failure(p->server), "a handshake message is too long");
	cr_assert_eq(tls_output(p->server, &out), sizeof(alert));
	cr_expect_eq(memcmp(out, alert, sizeof(alert)), 0);
	pair_free(p);
}

/* Messages that change nothing, which OpenSSL would take for ever. */
Test(fanout_tls, a_handshake_does_not_go_on_for_ever)
{
	static const uint8_t change_cipher_spec[] = {20, 3, 3, 0, 1, 1};
	struct pair *p = pair_new(TLS1_3_VERSION);
	int n = 0;

	SSL_do_handshake(p->client);
	pair_to_server(p);
	for (; tls_state(p->server) == TLS_SHAKING && n < 10000; n++)
		feed(p, change_cipher_spec, sizeof(change_cipher_spec));
	cr_expect_eq(tls_state(p->server), TLS_FAILED);
	cr_expect_lt(n, TLS_HANDSHAKE_MAX / (int)sizeof(change_cipher_spec));
	pair_free(p);
}

Test(fanout_tls, nobody_shakes_hands_again)
{
	struct pair *p = pair_new(TLS1_2_VERSION);

	pair_open(p);
	SSL_renegotiate(p->client);
	SSL_do_handshake(p->client);
	pair_talk(p);
	cr_expect_eq(tls_state(p->server), TLS_FAILED); // because the client has given up
	cr_expect_str_eq(tls_failure(p->server), "sslv3 alert handshake failure");
	pair_free(p);
}

Test(fanout_tls, an_alert_of_the_client_is_known_by_name)
{
	struct pair *p = pair_new(TLS1_3_VERSION);

	SSL_set_verify(p->client, SSL_VERIFY_PEER, NULL);
	pair_talk(p);
	cr_expect_eq(tls_state(p->server), TLS_FAILED);
	cr_expect_str_eq(tls_failure(p->server), "tlsv1 alert unknown ca");
	pair_free(p);
}

ParameterizedTestParameters(fanout_tls, a_client_that_ends_may_still_read)
{
	return cr_make_param_array(struct way, ways, sizeof(ways) / sizeof(ways[0]));
}

ParameterizedTest(struct way *way, fanout_tls, a_client_that_ends_may_still_read)
{
	struct pair *p = open_pair(way);

	SSL_write(p->client, "last", 4);
	SSL_shutdown(p->client);
	pair_talk(p);
	cr_expect_eq(tls_state(p->server), TLS_ENDED);
	cr_expect_eq(p->heard_len, 4);
	cr_expect_eq(tls_read(p->server, p->heard, sizeof(p->heard)), -EPIPE);
	cr_expect_eq(tls_write(p->server, "answer", 6), 0);
	pair_talk(p);
	cr_expect_eq(p->caught_len, 6);
	pair_free(p);
}

ParameterizedTestParameters(fanout_tls, the_end_comes_behind_what_was_written)
{
	return cr_make_param_array(struct way, ways, sizeof(ways) / sizeof(ways[0]));
}

ParameterizedTest(struct way *way, fanout_tls, the_end_comes_behind_what_was_written)
{
	struct pair *p = open_pair(way);

	tls_write(p->server, "last", 4);
	tls_close(p->server);
	pair_talk(p);
	cr_expect_eq(p->caught_len, 4);
	cr_expect_eq(SSL_get_shutdown(p->client), SSL_RECEIVED_SHUTDOWN);
	pair_free(p);
}

/* The client asks for answers of the protocol and reads none. */
Test(fanout_tls, what_waits_to_be_sent_is_bounded)
{
	struct pair *p = pair_new(TLS1_3_VERSION);
	size_t most = 0;

	pair_open(p);
	for (int i = 0; i < 10000 && tls_state(p->server) == TLS_OPEN; i++) {
		SSL_key_update(p->client, SSL_KEY_UPDATE_REQUESTED);
		SSL_do_handshake(p->client);
		most += pair_to_server(p);
	}
	cr_expect_eq(tls_state(p->server), TLS_FAILED);
	cr_expect_str_eq(tls_failure(p->server), "there is no room for what is to be sent");
	cr_expect_lt(most, 2 * TLS_OUTPUT_MAX);
	cr_expect_leq(pair_to_client(p), TLS_OUTPUT_MAX);
	pair_free(p);
}

/* What the last handshake gave for the next one. */
static SSL_SESSION *session;

static int keep_session(SSL *ssl, SSL_SESSION *new)
{
	SSL_SESSION_free(session);
	session = new;
	return 1;
}

static bool comes_back_by_ticket(struct pair *p)
{
	pair_again(p);
	if (session != NULL)
		SSL_set_session(p->client, session);
	pair_open(p);
	return SSL_session_reused(p->client) == 1;
}

Test(fanout_tls, a_ticket_spares_the_signature_in_tls_1_3_only)
{
	for (int i = 0; i < 2; i++) {
		struct pair *p = pair_new(i == 0 ? TLS1_3_VERSION : TLS1_2_VERSION);

		SSL_CTX_set_session_cache_mode(p->settings, SSL_SESS_CACHE_CLIENT);
		SSL_CTX_sess_set_new_cb(p->settings, keep_session);
		cr_expect(!comes_back_by_ticket(p));
		cr_expect_eq(comes_back_by_ticket(p), i == 0);
		cr_expect_eq(comes_back_by_ticket(p), i == 0);
		SSL_SESSION_free(session);
		session = NULL;
		pair_free(p);
	}
}

/* A ticket of another context means no more than none. */
Test(fanout_tls, a_ticket_from_before_a_reload_costs_a_whole_handshake)
{
	struct pair *p = pair_new(TLS1_3_VERSION);
	struct pair *other = pair_new(TLS1_3_VERSION);
	struct tls_context *context = p->context;

	SSL_CTX_set_session_cache_mode(p->settings, SSL_SESS_CACHE_CLIENT);
	SSL_CTX_sess_set_new_cb(p->settings, keep_session);
	pair_open(p);
	p->context = other->context;
	cr_expect(!comes_back_by_ticket(p));
	cr_expect(comes_back_by_ticket(p));
	p->context = context;
	SSL_SESSION_free(session);
	pair_free(p);
	pair_free(other);
}

Test(fanout_tls, a_connection_holds_on_to_its_context)
{
	struct pair *p = pair_new(TLS1_3_VERSION);

	tls_context_unref(p->context);
	p->context = NULL;
	pair_open(p);
	cr_assert_eq(tls_write(p->server, "answer", 6), 0);
	pair_talk(p);
	cr_expect_eq(p->caught_len, 6);
	pair_free(p);
}

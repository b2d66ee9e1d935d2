/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Tickets that the command issues are those of the protocol, and sessions are written in hex. */

#include "client/session.h"
#include "client/ticket.h"
#include "key_text.h"
#include "openssl_ticket.h"
#include "wire/hex.h"

#include <criterion/criterion.h>
#include <errno.h>

static const uint8_t key_1[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static char path[KEY_TEXT_PATH], why[TICKET_WHY_MAX];
static struct ticket_issuer *issuer;

static void set_up(void)
{
	key_text_write(path, "1 000102030405060708090a0b0c0d0e0f\n");
	cr_assert_eq(ticket_issuer_open(&issuer, path, 1, why), 0, "%s", why);
}

static void tear_down(void)
{
	ticket_issuer_close(issuer);
	unlink(path);
}

TestSuite(client_ticket, .init = set_up, .fini = tear_down);

Test(client_ticket, the_example_of_the_protocol)
{
	const struct ticket t = {0x0123456789abcd, 1800000000, WIRE_CHANNEL_NONE};
	uint8_t bytes[WIRE_TICKET_LEN];
	char text[2 * WIRE_TICKET_LEN + 1];

	cr_assert_eq(ticket_issue(issuer, &t, bytes), 0);
	cr_expect_str_eq(hex_write(bytes, sizeof(bytes), text), "6b49d2000100ffff83a4b1a6b85035f2");
}

Test(client_ticket, each_is_made_afresh)
{
	for (unsigned i = 0; i < 1000; i++) {
		const struct ticket t = {session_random(), 4294967295u - i, (uint16_t)(7 * i)};
		uint8_t ours[WIRE_TICKET_LEN], theirs[WIRE_TICKET_LEN];

		cr_assert_eq(ticket_issue(issuer, &t, ours), 0);
		openssl_ticket(key_1, t.session, t.expires, 1, t.channel, theirs);
		cr_assert_arr_eq(ours, theirs, WIRE_TICKET_LEN, "ticket %u", i);
	}
}

Test(client_ticket, without_the_key_there_is_none)
{
	struct ticket_issuer *none;

	cr_expect_eq(ticket_issuer_open(&none, path, 2, why), -ENOENT);
	cr_expect_not_null(strstr(why, "has no key 2"), "%s", why);
	cr_expect_eq(ticket_issuer_open(&none, "/nowhere/keys", 1, why), -ENOENT);
	cr_expect_not_null(strstr(why, "/nowhere/keys: No such file"), "%s", why);
	ticket_issuer_close(NULL);
}

Test(client_ticket, sessions_are_14_digits_and_never_zero)
{
	static const char *const wrong[] = {"", "0123456789abc", "0123456789abcde",
		"0123456789abcg", "00000000000000", "random", "-123456789abcd"};
	char text[SESSION_TEXT_MAX];
	uint64_t session;

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_eq(session_parse(wrong[i], &session), -EINVAL, "%s", wrong[i]);
	cr_assert_eq(session_parse("0123456789ABcd", &session), 0);
	cr_expect_eq(session, 0x0123456789abcd);
	cr_expect_str_eq(session_write(session, text), "0123456789abcd");
	for (unsigned i = 0; i < 1000; i++) {
		session = session_random();
		cr_assert(session > 0 && session >> 56 == 0);
	}
}

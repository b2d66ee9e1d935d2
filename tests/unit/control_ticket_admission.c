/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Keys that change while workers run: all or nothing, and the old ones stay until no worker can be
 * using them.
 */

#include "control/ticket_admission.h"
#include "fake_grace.h"
#include "key_text.h"
#include "openssl_ticket.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#define KEY_A "000102030405060708090a0b0c0d0e0f"
#define KEY_B "2b7e151628aed2a6abf7158809cf4f3c"

static struct config config;
static struct config_channel channel;
static struct ticket_gate gates[2], *gate; // of two policies in turn, and the one in effect
static struct ticket_admission t;
static char path[KEY_TEXT_PATH], error[512], report[TICKET_REPORT_MAX];

static void rewrite(const char *keys)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	fputs(keys, f);
	fclose(f);
}

static void set_up(void)
{
	if (!ticket_supported())
		cr_skip_test("this processor has no AES instructions");
	key_text_write(path, "1 " KEY_A "\n2 " KEY_B);
	config = (struct config){.channels = &channel,
		.n_channels = 1,
		.admission = ADMISSION_TICKETS,
		.ticket_keys = path};
	struct key_set *keys;
	cr_assert_eq(ticket_keys_read(&config, &keys, error, sizeof(error)), 0, "%s", error);
	gate = &gates[0];
	ticket_admission_open(&t, gate, keys);
}

/* As a reload does: another policy with the keys of now. */
static int reload(void)
{
	struct key_set *keys, *before;
	int ret = ticket_keys_read(&config, &keys, error, sizeof(error));

	if (ret < 0)
		return ret;
	gate = gate == &gates[0] ? &gates[1] : &gates[0];
	before = ticket_admission_replace(&t, gate, keys, report);
	ticket_admission_retire(&t, before, NULL);
	return 0;
}

static void tear_down(void)
{
	ticket_admission_close(&t);
	unlink(path);
}

TestSuite(control_ticket_admission, .init = set_up, .fini = tear_down);

/* What the gate says to a ticket under this key. */
static enum refusal ask(uint8_t id, uint8_t first_byte_of_key)
{
	const uint8_t a[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	const uint8_t b[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15,
		0x88, 0x09, 0xcf, 0x4f, 0x3c};
	uint8_t ticket[16];
	const struct reaction_datagram d = {
		.session = 5, .sequence = 1, .batches = 1, .channel = 0, .ticket = ticket};

	openssl_ticket(first_byte_of_key == 0 ? a : b, d.session, gate->now_s, id, 0, ticket);
	return ticket_check(gate->keys, &d, gate->now_s);
}

#define ASK(id, key) ask(id, key[0] == '0' ? 0 : 0x2b)

Test(control_ticket_admission, the_keys_of_the_file_are_in_use_from_the_start)
{
	cr_expect_eq(ASK(1, KEY_A), REFUSED_none);
	cr_expect_eq(ASK(2, KEY_B), REFUSED_none);
	cr_expect_eq(ASK(1, KEY_B), REFUSED_ticket_mac);
	cr_expect_eq(ASK(3, KEY_B), REFUSED_ticket_key);
}

Test(control_ticket_admission, the_gate_knows_the_second_that_it_is)
{
	time_t before = time(NULL);
	gate->now_s = 0;
	int left = ticket_admission_turn(&t, NULL);
	time_t after = time(NULL);

	cr_expect(gate->now_s >= (uint32_t)before && gate->now_s <= (uint32_t)after);
	cr_expect(left >= 1 && left <= 1000, "%d", left);
}

Test(control_ticket_admission, a_reload_takes_the_file_as_it_is_now)
{
	rewrite("2 " KEY_A "\n3 " KEY_B);
	cr_assert_eq(reload(), 0, "%s", report);
	cr_expect_str_eq(report, "2 ticket keys: 2 new or changed, 2 gone or changed");
	cr_expect_eq(ASK(1, KEY_A), REFUSED_ticket_key);
	cr_expect_eq(ASK(2, KEY_A), REFUSED_none);
	cr_expect_eq(ASK(2, KEY_B), REFUSED_ticket_mac);
	cr_expect_eq(ASK(3, KEY_B), REFUSED_none);
	rewrite("3 " KEY_B);
	cr_assert_eq(reload(), 0);
	cr_expect_str_eq(report, "1 ticket key: 0 new or changed, 1 gone or changed");
}

Test(control_ticket_admission, a_bad_file_changes_nothing_and_is_named)
{
	const struct ticket_keys *before = gate->keys;

	rewrite("5 " KEY_A "\n6 oops\n");
	cr_expect_eq(reload(), -EINVAL);
	cr_expect_not_null(strstr(error, path));
	cr_expect_not_null(strstr(error, "line 2: "));
	rewrite("5 " KEY_A);
	cr_assert_eq(chmod(path, 0644), 0);
	cr_expect_eq(reload(), -EPERM);
	unlink(path);
	cr_expect_eq(reload(), -ENOENT);
	cr_expect_eq(gate->keys, before);
	cr_expect_eq(grace_begun, 0);
	cr_expect_eq(ASK(1, KEY_A), REFUSED_none);
}

Test(control_ticket_admission, old_keys_stay_until_every_worker_has_come_round)
{
	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(reload(), 0);
	cr_expect_eq(grace_begun, 3);
	for (grace_passed = 0; grace_passed < 3; grace_passed++) {
		ticket_admission_turn(&t, NULL);
		cr_expect_not_null(t.retired, "%lu passed", (unsigned long)grace_passed);
	}
	ticket_admission_turn(&t, NULL);
	cr_expect_null(t.retired);
	cr_expect_eq(ASK(1, KEY_A), REFUSED_none);
}

Test(control_ticket_admission, keys_that_workers_still_use_are_freed_with_the_rest)
{
	cr_assert_eq(reload(), 0);
	cr_expect_not_null(t.retired); // and the sanitizers look behind tear_down()
}

Test(control_ticket_admission, where_nobody_wants_tickets_nothing_is_read)
{
	struct key_set *keys;

	config.admission = ADMISSION_OPEN;
	unlink(path);
	cr_assert_eq(ticket_keys_read(&config, &keys, error, sizeof(error)), 0);
	cr_expect_null(keys);
	cr_assert_eq(reload(), 0, "from tickets to none");
	cr_expect_null(gate->keys);
	cr_expect_str_eq(report, "0 ticket keys: 0 new or changed, 2 gone or changed");
	cr_expect_eq(grace_begun, 1, "the keys before are kept until no worker uses them");
	cr_assert_eq(reload(), 0);
	cr_expect_str_eq(report, "");
}

Test(control_ticket_admission, channels_may_want_tickets_later)
{
	config.admission = ADMISSION_OPEN;
	cr_assert_eq(reload(), 0);
	config.admission = ADMISSION_TICKETS;
	cr_assert_eq(reload(), 0);
	cr_expect_str_eq(report, "2 ticket keys: 2 new or changed, 0 gone or changed");
	cr_expect_eq(ASK(1, KEY_A), REFUSED_none);
}

Test(control_ticket_admission, a_start_without_good_keys_is_refused)
{
	struct key_set *keys;

	rewrite("");
	cr_expect_eq(ticket_keys_read(&config, &keys, error, sizeof(error)), -EINVAL);
	cr_expect_null(keys);
	cr_expect_not_null(strstr(error, path), "%s", error);
}

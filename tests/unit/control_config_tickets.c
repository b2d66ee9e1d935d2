/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which channels want tickets, and that the file of the keys is checked with the configuration.
 */

#include "key_text.h"
#include "yaml_file.h"

#include <errno.h>
#include <sys/stat.h>

#define KEY "000102030405060708090a0b0c0d0e0f"

static char path[KEY_TEXT_PATH], text[512], error[1024];

static int load(struct config *c, const char *keys, const char *rest)
{
	key_text_write(path, keys);
	snprintf(text, sizeof(text), "tickets:\n  keys: %s\n%s", path, rest);
	int ret = load_text(c, text, error, sizeof(error));
	unlink(path);
	return ret;
}

Test(control_config_tickets, nobody_wants_any_by_default)
{
	struct config c;

	cr_assert_eq(load_text(&c, "", error, sizeof(error)), 0, "%s", error);
	cr_expect_not(config_any_wants_tickets(&c));
	cr_expect_null(c.ticket_keys);
	config_free(&c);
}

Test(control_config_tickets, channels_do_as_all_do_or_have_an_admission_of_their_own)
{
	static const char lists[2][160] = {
		"channels:\n  - {id: 0, name: a}\n  - {id: 9, name: b, admission: tickets}\n",
		"admission: tickets\n"
		"channels:\n  - {id: 0, name: a, admission: open}\n  - {id: 9, name: b}\n",
	};

	for (unsigned i = 0; i < 2; i++) {
		struct config c;

		cr_assert_eq(load(&c, "1 " KEY, lists[i]), 0, "%s", error);
		cr_expect(config_any_wants_tickets(&c));
		cr_expect_not(config_wants_tickets(&c, 0));
		cr_expect(config_wants_tickets(&c, 1));
		cr_expect_str_eq(c.ticket_keys, path);
		config_free(&c);
	}
}

Test(control_config_tickets, keys_may_be_there_before_anybody_wants_them)
{
	struct config c;

	cr_assert_eq(load(&c, "1 " KEY, ""), 0, "%s", error);
	cr_expect_not(config_any_wants_tickets(&c));
	config_free(&c);
}

Test(control_config_tickets, a_wrong_key_is_named_with_both_lines)
{
	struct config c;
	char says[96];

	cr_assert_eq(load(&c, "1 " KEY "\n2 " KEY "00\n", "admission: tickets\n"), -EINVAL);
	snprintf(says, sizeof(says), ": line 2: tickets.keys: %s: line 2: ", path);
	cr_expect_eq(strncmp(error, says, strlen(says)), 0, "%s", error);
}

Test(control_config_tickets, a_key_file_that_others_may_read_is_refused)
{
	struct config c;

	key_text_write(path, "1 " KEY);
	cr_assert_eq(chmod(path, 0644), 0);
	snprintf(text, sizeof(text), "tickets: {keys: %s}\n", path);
	cr_expect_eq(load_text(&c, text, error, sizeof(error)), -EINVAL);
	cr_expect_neq(strstr(error, "mode is 0644"), NULL, "%s", error);
	cr_expect_neq(strstr(error, "chmod 600"), NULL, "%s", error);
	unlink(path);
}

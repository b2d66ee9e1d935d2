/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The file of keys: what is taken, what is refused with the line, and who may own it.
 */

#include "key_text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define KEY_A "000102030405060708090a0b0c0d0e0f"
#define KEY_B "2b7e151628aed2a6abf7158809cf4f3c"

static struct key_file keys;
static char error[256];

static int parse(const char *text)
{
	error[0] = '\0';
	return key_file_parse(text, strlen(text), &keys, error, sizeof(error));
}

Test(wire_key_file, several_keys_with_comments_and_blanks)
{
	static const uint8_t b[WIRE_KEY_LEN] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
		0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};

	cr_assert_eq(parse("# keys\n\n 0 " KEY_A "\n\t255\t" KEY_B "# old\r\n"
			   "007 2B7E151628AED2A6ABF7158809CF4F3C # new"),
		0, "%s", error);
	cr_expect_eq(keys.n, 3);
	for (unsigned id = 0; id < WIRE_KEYS_MAX; id++)
		cr_expect_eq(keys.present[id], id == 0 || id == 7 || id == 255, "%u", id);
	cr_expect_eq(keys.key[0][15], 15);
	cr_expect_arr_eq(keys.key[255], b, sizeof(b));
	cr_expect_arr_eq(keys.key[7], b, sizeof(b));
}

struct row {
	const char *text;
	const char *says;
};

static const struct row wrong[] = {
	{"", "no key"},
	{"# nothing\n", "no key"},
	{"1\n", "line 1: behind"},
	{"\n1 " KEY_A "\n\n2 00\n", "line 4: behind"},
	{"1 " KEY_A "0\n", "line 1: behind"},
	{"1 g00102030405060708090a0b0c0d0e0f", "line 1: behind"},
	{"1 " KEY_A "\n256 " KEY_A, "line 2: it does not begin"},
	{"-1 " KEY_A, "line 1: it does not begin"},
	{"x " KEY_A, "line 1: it does not begin"},
	{"0001 " KEY_A, "line 1: it does not begin"},
	{KEY_A " 1", "line 1: it does not begin"},
	{"1 " KEY_A "\n2 " KEY_B "\n1 " KEY_B, "line 3: this key id stands in an earlier"},
	{"1 " KEY_A " and more", "line 1: something stands behind"},
	{"1:" KEY_A, "line 1: it does not begin"},
};

Test(wire_key_file, a_line_that_is_wrong_is_named_and_never_repeated)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_expect_eq(parse(wrong[i].text), -EINVAL, "%s", wrong[i].text);
		cr_expect_neq(strstr(error, wrong[i].says), NULL, "%s: %s", wrong[i].text, error);
		cr_expect_eq(strstr(error, "0001020304"), NULL, "the key itself: %s", error);
	}
}

Test(wire_key_file, zero_bytes_are_no_text)
{
	static const char text[] = "1 " KEY_A "\0" KEY_A;

	cr_expect_eq(key_file_parse(text, sizeof(text), &keys, error, sizeof(error)), -EINVAL);
}

/* Reads the file and removes it. */
static int read_file(const char *path)
{
	error[0] = '\0';
	int ret = key_file_read(path, &keys, error, sizeof(error));
	cr_expect(ret == 0 || strstr(error, path) == error, "names the file: %s", error);
	unlink(path);
	return ret;
}

Test(wire_key_file, only_mode_0600_is_taken)
{
	static const mode_t modes[] = {0640, 0604, 0660, 0400, 0700, 0644, 04600};
	char path[KEY_TEXT_PATH];

	cr_assert_eq(read_file(key_text_write(path, "1 " KEY_A)), 0, "%s", error);
	cr_expect_eq(keys.n, 1);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		char says[32];

		key_text_write(path, "1 " KEY_A);
		cr_assert_eq(chmod(path, modes[i]), 0);
		snprintf(says, sizeof(says), "its mode is %04o", modes[i]);
		cr_expect_eq(read_file(path), -EPERM);
		cr_expect_neq(strstr(error, says), NULL, "%s in: %s", says, error);
	}
}

Test(wire_key_file, links_folders_and_pipes_are_refused)
{
	char path[KEY_TEXT_PATH], link_path[KEY_TEXT_PATH + 8];

	key_text_write(path, "1 " KEY_A);
	snprintf(link_path, sizeof(link_path), "%s.link", path);
	cr_assert_eq(symlink(path, link_path), 0);
	cr_expect_eq(read_file(link_path), -ELOOP);
	cr_expect_neq(strstr(error, "symbolic link"), NULL, "%s", error);
	unlink(path);
	cr_expect_eq(key_file_read("/tmp", &keys, error, sizeof(error)), -EPERM);
	cr_expect_neq(strstr(error, "regular file"), NULL, "%s", error);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_eq(read_file(path), -EPERM);
	cr_expect_neq(strstr(error, "regular file"), NULL, "%s", error);
	cr_expect_eq(read_file("/nowhere/keys"), -ENOENT);
	cr_expect_neq(strstr(error, "No such file"), NULL, "%s", error);
}

Test(wire_key_file, a_file_of_another_user_is_refused)
{
	char path[KEY_TEXT_PATH];

	if (geteuid() != 0)
		cr_skip("only root may give a file away");
	key_text_write(path, "1 " KEY_A);
	cr_assert_eq(chown(path, 4242, 0), 0);
	cr_expect_eq(read_file(path), -EPERM);
	cr_expect_neq(strstr(error, "belongs to user 4242"), NULL, "%s", error);
}

Test(wire_key_file, a_file_that_is_too_large_is_refused)
{
	static char text[66000];
	char path[KEY_TEXT_PATH];

	memset(text, '\n', sizeof(text) - 1);
	cr_expect_eq(read_file(key_text_write(path, text)), -EINVAL);
	cr_expect_neq(strstr(error, "larger than 64 KiB"), NULL, "%s", error);
}

Test(wire_key_file, nothing_is_left_of_keys_that_were_wiped)
{
	static const struct key_file nothing;

	cr_assert_eq(parse("9 " KEY_B), 0);
	key_file_wipe(&keys);
	cr_expect_eq(memcmp(&keys, &nothing, sizeof(keys)), 0);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The cache of compiled databases: what was stored is found again, and any other file is as good as
 * none.
 */

#include "dataplane/text_matcher.h"
#include "dataplane/text_scanner.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct text_rule rules[] = {{TEXT_EMOJI, "★", 1}, {TEXT_SHORTCODE, "fire", 2},
	{TEXT_PATTERN, "go+a+l", 3}, {TEXT_PATTERN, "six(es)?", 4}};
enum { RULES = sizeof(rules) / sizeof(rules[0]) };

struct place {
	char folder[64], file[80];
};

static void make_place(struct place *p)
{
	strcpy(p->folder, "/tmp/uproar-text-cache-XXXXXX");
	cr_assert_neq(mkdtemp(p->folder), NULL);
	snprintf(p->file, sizeof(p->file), "%s/catalogue", p->folder);
}

/* Nothing but the file may have been left. */
static void remove_place(struct place *p)
{
	unlink(p->file);
	cr_expect_eq(rmdir(p->folder), 0, "%s: %s", p->folder, strerror(errno));
}

/* Starts with n of the rules, checks what is found, and tells what text_matcher_cached() says. */
static int start(const struct place *p, unsigned n)
{
	static const char text[] = "★ goool :fire: GOOOAL sixes";
	static const uint8_t expected[] = {1, 2, 3, 4};
	struct text_matcher *m;
	struct text_scanner *s;
	char error[256];
	unsigned bad;

	cr_assert_eq(text_matcher_new(&m, rules, n, p->file, &bad, error, sizeof(error)), 0, "%s",
		error);
	int cached = text_matcher_cached(m);
	cr_assert_eq(text_scanner_new(&s, m), 0);
	const struct text_hits *hits = text_scan(s, (const uint8_t *)text, sizeof(text) - 1);
	cr_expect_eq(hits->n, n);
	cr_expect_eq(memcmp(hits->reactions, expected, n), 0);
	text_scanner_free(s);
	text_matcher_free(m);
	return cached;
}

static size_t read_file(const struct place *p, char **bytes)
{
	struct stat st;
	FILE *f = fopen(p->file, "rb");

	cr_assert(f != NULL && fstat(fileno(f), &st) == 0);
	*bytes = malloc((size_t)st.st_size);
	cr_assert_eq(fread(*bytes, 1, (size_t)st.st_size, f), (size_t)st.st_size);
	fclose(f);
	return (size_t)st.st_size;
}

static void write_file(const struct place *p, const char *bytes, size_t len)
{
	FILE *f = fopen(p->file, "wb");

	cr_assert(f != NULL && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
}

Test(dataplane_text_cache, the_second_start_finds_what_the_first_has_compiled)
{
	struct place p;
	struct stat st;

	make_place(&p);
	cr_expect_eq(start(&p, RULES), 0);
	cr_assert_eq(stat(p.file, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0600, "%o", st.st_mode);
	cr_expect_eq(start(&p, RULES), 1);
	cr_expect_eq(start(&p, RULES), 1);
	remove_place(&p);
}

Test(dataplane_text_cache, other_rules_replace_it)
{
	struct place p;

	make_place(&p);
	cr_expect_eq(start(&p, RULES), 0);
	cr_expect_eq(start(&p, RULES - 1), 0);
	cr_expect_eq(start(&p, RULES - 1), 1);
	cr_expect_eq(start(&p, 1), 0);
	cr_expect_eq(start(&p, 0), 0);
	cr_expect_eq(start(&p, 0), 1);
	cr_expect_eq(start(&p, RULES), 0);
	remove_place(&p);
}

Test(dataplane_text_cache, a_changed_byte_anywhere_is_seen)
{
	struct seeded_random r = seeded_random_new("dataplane_text_cache");
	struct place p;
	char *bytes;

	make_place(&p);
	cr_assert_eq(start(&p, RULES), 0);
	size_t len = read_file(&p, &bytes);
	for (unsigned i = 0; i < 200; i++) {
		size_t at = i < 96 ? i : random_below(&r, (unsigned)len);

		bytes[at] ^= (char)(1u << i % 8);
		write_file(&p, bytes, len);
		cr_expect_eq(start(&p, RULES), 0, "byte %zu", at);
		bytes[at] ^= (char)(1u << i % 8);
	}
	cr_expect_eq(start(&p, RULES), 1, "the last was replaced");
	free(bytes);
	remove_place(&p);
}

Test(dataplane_text_cache, a_file_of_another_length_is_ignored)
{
	static const size_t beginnings[] = {0, 1, 7, 8, 40, 63, 64, 95, 96, 97, 1000};
	struct place p;
	char *bytes;

	make_place(&p);
	cr_assert_eq(start(&p, RULES), 0);
	size_t len = read_file(&p, &bytes);
	for (unsigned i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		write_file(&p, bytes, beginnings[i]);
		cr_expect_eq(start(&p, RULES), 0, "%zu bytes", beginnings[i]);
	}
	write_file(&p, bytes, len - 1);
	cr_expect_eq(start(&p, RULES), 0, "a byte less");
	bytes = realloc(bytes, len + 1);
	bytes[len] = 0;
	write_file(&p, bytes, len + 1);
	cr_expect_eq(start(&p, RULES), 0, "a byte more");
	write_file(&p, bytes, len);
	cr_expect_eq(start(&p, RULES), 1);
	free(bytes);
	remove_place(&p);
}

Test(dataplane_text_cache, a_file_that_is_not_ours_alone_is_ignored)
{
	struct place p;
	char aside[96];
	struct stat st;

	make_place(&p);
	snprintf(aside, sizeof(aside), "%s/aside", p.folder);
	cr_assert_eq(start(&p, RULES), 0);
	cr_assert_eq(chmod(p.file, 0620), 0);
	cr_expect_eq(start(&p, RULES), 0, "others may write it");
	cr_assert(rename(p.file, aside) == 0 && symlink(aside, p.file) == 0);
	cr_expect_eq(start(&p, RULES), 0, "a symbolic link");
	cr_assert_eq(lstat(p.file, &st), 0);
	cr_expect(S_ISREG(st.st_mode), "the link was replaced, not followed");
	if (geteuid() == 0) {
		cr_assert_eq(chown(p.file, 65534, 65534), 0);
		cr_expect_eq(start(&p, RULES), 0, "another's");
	}
	unlink(p.file);
	cr_assert_eq(mkfifo(p.file, 0600), 0);
	cr_expect_eq(start(&p, RULES), 0, "a pipe");
	unlink(aside);
	remove_place(&p);
}

Test(dataplane_text_cache, without_a_place_the_catalogue_is_compiled_all_the_same)
{
	struct place p;

	make_place(&p);
	cr_assert_eq(rmdir(p.folder), 0);
	cr_expect_eq(start(&p, RULES), -ENOENT);
	cr_assert_eq(mkdir(p.folder, 0700), 0);
	cr_assert_eq(mkdir(p.file, 0700), 0);
	cr_expect_eq(start(&p, RULES), -EISDIR);
	rmdir(p.file);
	remove_place(&p);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a port may replay: captures of Ethernet; anything else is refused in a sentence.
 */

#include "dataplane/capture_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];
static char error[512];

static void set_up(void)
{
	snprintf(path, sizeof(path), "/tmp/uproar-capture-XXXXXX");
	close(mkstemp(path));
	error[0] = '\0';
}

static void tear_down(void)
{
	unlink(path);
}

TestSuite(dataplane_capture_file, .init = set_up, .fini = tear_down);

static int check_of(const void *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	fwrite(bytes, 1, len, f);
	fclose(f);
	return capture_file_check(path, error, sizeof(error));
}

/* The header of a capture in the byte order of this machine. */
static int check_pcap(uint32_t magic, uint32_t link)
{
	const uint32_t header[] = {magic, 2 | 4 << 16, 0, 0, 65535, link};

	return check_of(header, sizeof(header));
}

static int check_pcapng(uint16_t link)
{
	const uint32_t blocks[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28, //
		1, 20, link, 65535, 20};

	return check_of(blocks, sizeof(blocks));
}

static void expect_said(const char *words)
{
	cr_expect(strstr(error, words) != NULL, "'%s' is not in: %s", words, error);
	cr_expect(strstr(error, path) != NULL, "no path in: %s", error);
}

Test(dataplane_capture_file, ethernet_is_taken_from_every_format)
{
	cr_expect_eq(check_pcap(0xa1b2c3d4, 1), 0, "%s", error); // microseconds
	cr_expect_eq(check_pcap(0xa1b23c4d, 1), 0, "%s", error); // nanoseconds
	cr_expect_eq(check_pcapng(1), 0, "%s", error);
}

Test(dataplane_capture_file, another_link_type_is_named)
{
	cr_expect_eq(check_pcap(0xa1b2c3d4, 113), -EPROTOTYPE);
	expect_said("link type 113 (LINUX_SLL), Ethernet (1) is wanted: capture on one");
	cr_expect_eq(check_pcapng(276), -EPROTOTYPE);
	expect_said("LINUX_SLL2");
	cr_expect_eq(check_pcap(0xa1b2c3d4, 9999), -EPROTOTYPE);
	expect_said("9999 (without a name)");
}

Test(dataplane_capture_file, what_is_no_capture_is_refused)
{
	cr_expect_eq(check_of("", 0), -EINVAL);
	expect_said("cannot be read");
	cr_expect_eq(check_of("GIF89a, which is none", 21), -EINVAL);
	expect_said("unknown file format");
	unlink(path);
	cr_expect_eq(capture_file_check(path, error, sizeof(error)), -ENOENT);
	expect_said("cannot be opened: No such file or directory");
	cr_assert_eq(mkdir(path, 0700), 0);
	cr_expect_lt(capture_file_check(path, error, sizeof(error)), 0);
	expect_said("Is a directory");
	rmdir(path);
}

/* Reading of a pipe here would take from the driver what it is to read. */
Test(dataplane_capture_file, a_pipe_is_left_alone, .timeout = 60)
{
	unlink(path);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_eq(capture_file_check(path, error, sizeof(error)), 0);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The ring at its start: what the kernel refuses is said in words that help, and it may do only
 * what is used.
 */

#include "denied_call.h"
#include "fanout/ring.h"
#include "fanout/ring_probe.h"
#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int submit(struct ring *r)
{
	struct io_uring_cqe *cqe;

	cr_assert_eq(io_uring_submit(&r->uring), 1);
	cr_assert_eq(io_uring_wait_cqe(&r->uring, &cqe), 0);
	int res = cqe->res;
	io_uring_cqe_seen(&r->uring, cqe);
	return res;
}

Test(fanout_ring, an_operation_that_is_not_used_is_refused)
{
	static const uint8_t unused[] = {IORING_OP_NOP, IORING_OP_READV, IORING_OP_WRITE,
		IORING_OP_OPENAT, IORING_OP_OPENAT2, IORING_OP_UNLINKAT, IORING_OP_CONNECT,
		IORING_OP_RECV, IORING_OP_SENDMSG, IORING_OP_TIMEOUT, IORING_OP_SPLICE,
		IORING_OP_SOCKET, IORING_OP_URING_CMD, IORING_OP_MSG_RING};
	char error[512];
	struct ring r;

	cr_assert_eq(ring_init(&r, error, sizeof(error)), 0, "%s", error);
	cr_assert(r.restricted);
	for (unsigned i = 0; i < sizeof(unused); i++) {
		struct io_uring_sqe *sqe = ring_sqe(&r);

		io_uring_prep_nop(sqe);
		sqe->opcode = unused[i];
		cr_expect_eq(submit(&r), -EACCES, "operation %u", unused[i]);
	}
	ring_fini(&r);
}

Test(fanout_ring, what_is_used_may_not_be_used_in_another_way)
{
	char error[512], byte;
	struct ring r;
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	cr_assert_eq(ring_init(&r, error, sizeof(error)), 0, "%s", error);
	struct io_uring_sqe *sqe = ring_sqe(&r);
	io_uring_prep_read(sqe, fd, &byte, 1, 0);
	cr_expect_eq(submit(&r), 1);
	sqe = ring_sqe(&r);
	io_uring_prep_read(sqe, fd, &byte, 1, 0);
	sqe->flags = IOSQE_ASYNC;
	cr_expect_eq(submit(&r), -EACCES);
	cr_expect_eq(io_uring_register_files(&r.uring, &fd, 1), -EACCES);
	ring_fini(&r);
	close(fd);
}

Test(fanout_ring, where_it_cannot_be_restricted_the_fanout_works_without)
{
	char error[512];
	struct ring r;

	deny_call(SYS_io_uring_register, EPERM);
	cr_assert_eq(ring_init(&r, error, sizeof(error)), 0, "%s", error);
	cr_expect_not(r.restricted);
	ring_fini(&r);

	struct rig rig = rig_start(2, 0);
	int fd = client_connect(rig.tcp, 0);
	client_send(fd, "SUB 1\n");
	rig_publish(&rig, 1, 1, 100);
	cr_expect_eq(client_frame(fd, 1, 100), 1);
	rig_stop(&rig);
	close(fd);
}

static void expect_words(const char *error, const char *const *words)
{
	for (; *words != NULL; words++)
		cr_expect_neq(strstr(error, *words), NULL, "'%s' is not in: %s", *words, error);
}

Test(fanout_ring, seccomp_is_named_when_it_refuses_a_ring)
{
	static const char *const words[] = {"fan-out thread 0", "kernel.io_uring_disabled is 0",
		"seccomp", "io_uring_setup, io_uring_enter and io_uring_register", NULL};
	struct fanout_config config = {.threads = 1, .max_connections = 1};
	struct fanout *f = NULL;
	char error[512] = "";

	deny_call(SYS_io_uring_setup, EPERM);
	cr_expect_eq(fanout_start(&f, &config, error, sizeof(error)), -EPERM);
	cr_expect_null(f);
	expect_words(error, words);
}

Test(fanout_ring, a_kernel_without_it_is_told_what_is_needed)
{
	static const char *const words[] = {"6.1 or later", "CONFIG_IO_URING", NULL};
	char error[512] = "";
	struct ring r;

	deny_call(SYS_io_uring_setup, ENOSYS);
	cr_expect_eq(ring_init(&r, error, sizeof(error)), -ENOSYS);
	expect_words(error, words);
}

Test(fanout_ring, memory_is_named_when_there_is_none)
{
	static const char *const words[] = {"no memory", "ulimit -l", NULL};
	char error[512] = "";
	struct ring r;

	deny_call(SYS_io_uring_setup, ENOMEM);
	cr_expect_eq(ring_init(&r, error, sizeof(error)), -ENOMEM);
	expect_words(error, words);
}

/* Seen by this process alone. */
static void pretend(const char *path, const char *text)
{
	char other[] = "/tmp/unit-fanout-XXXXXX";
	int fd = mkstemp(other);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	bool done = unshare(CLONE_NEWNS) == 0 &&
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		    mount(other, path, NULL, MS_BIND, NULL) == 0;
	unlink(other);
	if (!done)
		cr_skip("%s cannot be covered here: %s", path, strerror(errno));
}

Test(fanout_ring, the_sysctl_is_named_when_it_refuses_a_ring)
{
	static const char *const words[] = {
		"kernel.io_uring_disabled is 2", "sysctl -w kernel.io_uring_disabled=0", NULL};
	char error[512] = "";
	struct ring r;

	pretend("/proc/sys/kernel/io_uring_disabled", "2\n");
	deny_call(SYS_io_uring_setup, EPERM);
	cr_expect_eq(ring_init(&r, error, sizeof(error)), -EPERM);
	expect_words(error, words);
}

static int probe(int flags, char error[512])
{
	struct ring r;

	cr_assert_eq(ring_init(&r, error, 512), 0, "%s", error);
	error[0] = '\0';
	int ret = ring_probe(&r, flags, error, 512);
	ring_fini(&r);
	return ret;
}

Test(fanout_ring, this_kernel_tells_the_truth_about_sends)
{
	char error[512];

	cr_expect_eq(probe(RING_SEND_FLAGS, error), 0, "%s", error);
}

/* As a kernel would that takes no notice of a flag. */
Test(fanout_ring, a_kernel_that_parks_a_send_is_not_used)
{
	static const char *const waits[] = {"a send of more than fits does not end", NULL};
	static const char *const parks[] = {"a send to a full socket does not end at once", NULL};
	char error[512];

	cr_expect_eq(probe(RING_SEND_FLAGS & ~MSG_DONTWAIT, error), -ENOTSUP);
	expect_words(error, waits);
	cr_expect_eq(probe(MSG_NOSIGNAL, error), -ENOTSUP);
	expect_words(error, parks);
}

Test(fanout_ring, a_send_to_one_who_has_gone_raises_no_signal)
{
	char error[512], byte = 0;
	struct ring r;
	int pair[2];

	cr_assert_eq(ring_init(&r, error, sizeof(error)), 0, "%s", error);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	close(pair[1]);
	io_uring_prep_send(ring_sqe(&r), pair[0], &byte, 1, RING_SEND_FLAGS);
	cr_expect_eq(submit(&r), -EPIPE); // with SIGPIPE at its default, which would end us
	ring_fini(&r);
	close(pair[0]);
}

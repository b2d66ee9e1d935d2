/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The control socket: whoever asks is answered, whoever does not holds nobody up.
 */

#include "control/control_socket.h"
#include "control_client.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/unit-control-XXXXXX";
static struct control_socket server;
static size_t answer_len;
static bool later; // the answer to "slow" is not there yet

/* In place of the folder of the user, which a running appliance may use. */
int __wrap_runtime_folder(char *out, size_t cap);
int __wrap_runtime_folder(char *out, size_t cap)
{
	snprintf(out, cap, "%s", folder);
	return 0;
}

int __wrap_control_socket_path(const char *name, char *out, size_t cap);
int __wrap_control_socket_path(const char *name, char *out, size_t cap)
{
	snprintf(out, cap, "%s/%s.sock", folder, name);
	return 0;
}

static char *answer(void *context, const char *request, uint64_t *note)
{
	char *text = NULL;

	cr_expect_eq(context, &server);
	if (strcmp(request, "slow") == 0 && later) {
		(*note)++;
		return control_socket_later;
	}
	cr_expect_eq(*note == 0, strcmp(request, "slow") != 0, "each client has its own note");
	if (strcmp(request, "stats") == 0 || strcmp(request, "slow") == 0) {
		text = malloc(answer_len + 1);
		memset(text, 'a', answer_len);
		text[answer_len] = '\0';
	}
	return text;
}

static void set_up(void)
{
	char error[256];

	cr_assert_neq(mkdtemp(folder), NULL);
	answer_len = 100;
	cr_assert_eq(control_socket_open(&server, "test", answer, &server, error, sizeof(error)), 0,
		"%s", error);
}

static void tear_down(void)
{
	control_socket_close(&server);
}

TestSuite(control_requests, .init = set_up, .fini = tear_down);

Test(control_requests, nothing_stays_of_a_socket_that_was_closed)
{
	cr_expect_eq(access(server.path, F_OK), 0);
	control_socket_close(&server);
	cr_expect_neq(access(folder, F_OK), 0);
	server.listener = -1; // closed once is enough
}

/* Serves until nothing is ready any more. */
static void serve(void)
{
	struct pollfd fds[CONTROL_CLIENTS_MAX + 1];

	for (;;) {
		unsigned n = control_socket_wants(&server, fds);

		cr_assert_leq(n, CONTROL_CLIENTS_MAX + 1);
		if (poll(fds, n, 0) <= 0)
			return;
		control_socket_serve(&server, fds, n);
	}
}

#define ask(bytes, len) connect_and_send(folder, bytes, len)
#define ask_text(text) ask(text, strlen(text))

static void expect_answer(int fd)
{
	char text[256];
	size_t len;

	cr_expect(read_all(fd, text, sizeof(text), &len), "closed behind the answer");
	cr_expect_eq(len, answer_len + 1, "%s", text);
	cr_expect_eq(text[answer_len], '\n', "one line");
	close(fd);
}

static void expect_nothing(int fd, bool closed)
{
	char text[256];
	size_t len;

	cr_expect_eq(read_all(fd, text, sizeof(text), &len), closed);
	cr_expect_eq(len, 0, "%s", text);
}

Test(control_requests, a_request_is_answered_with_one_line)
{
	int fd = ask_text("stats\n");

	serve();
	expect_answer(fd);
}

Test(control_requests, several_clients_are_answered_each)
{
	int fds[CONTROL_CLIENTS_MAX];

	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
			fds[i] = ask_text("stats\n");
		serve();
		for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
			expect_answer(fds[i]);
	}
}

Test(control_requests, an_unknown_request_is_told_what_is_known)
{
	static const char *const unknown[] = {"\n", "stat\n", "stats \n", "STATS\n", "reload\n"};
	char text[256];
	size_t len;

	for (unsigned i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		int fd = ask_text(unknown[i]);

		serve();
		cr_expect(read_all(fd, text, sizeof(text), &len));
		cr_expect_eq(strncmp(text, "{\"error\":", 9), 0, "%s", text);
		cr_expect_neq(strstr(text, "stats"), NULL, "%s", text);
		cr_expect_eq(text[len - 1], '\n');
		close(fd);
	}
}

Test(control_requests, an_answer_that_is_not_there_yet_is_asked_for_again)
{
	cr_expect_eq(control_socket_patience(&server), -1);
	later = true;
	int slow = ask_text("slow\n");
	serve();
	cr_expect_gt(control_socket_patience(&server), 0);
	int fd = ask_text("stats\n"); // others are answered meanwhile
	serve();
	expect_answer(fd);
	expect_nothing(slow, false);
	later = false;
	control_socket_serve(&server, NULL, 0); // as when the time has passed
	serve();
	expect_answer(slow);
	cr_expect_eq(control_socket_patience(&server), -1);
}

Test(control_requests, who_leaves_before_the_answer_is_there_is_dropped)
{
	later = true;
	int slow = ask_text("slow\n");
	serve();
	cr_expect_gt(control_socket_patience(&server), 0);
	close(slow);
	serve();
	cr_expect_eq(control_socket_patience(&server), -1);
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		cr_expect_eq(server.clients[i].fd, -1);
}

Test(control_requests, a_request_may_come_in_pieces)
{
	int fd = ask_text("");

	for (const char *at = "stats\n"; *at != '\0'; at++) {
		serve();
		expect_nothing(fd, false);
		cr_assert_eq(send(fd, at, 1, MSG_NOSIGNAL), 1);
	}
	serve();
	expect_answer(fd);
}

Test(control_requests, a_request_without_end_is_dropped)
{
	char bytes[4 * CONTROL_REQUEST_MAX];

	memset(bytes, 'x', sizeof(bytes));
	int fd = ask(bytes, sizeof(bytes));
	serve();
	expect_nothing(fd, true);
	close(fd);
	fd = ask(bytes, CONTROL_REQUEST_MAX - 1);
	serve();
	expect_nothing(fd, false);
	cr_assert_eq(send(fd, "\n", 1, MSG_NOSIGNAL), 1);
	serve();
	char text[256];
	size_t len;
	cr_expect(read_all(fd, text, sizeof(text), &len) && len > 0, "the longest is answered");
	close(fd);
}

Test(control_requests, clients_that_say_nothing_make_room)
{
	int silent[CONTROL_CLIENTS_MAX + 1];

	for (unsigned i = 0; i <= CONTROL_CLIENTS_MAX; i++) {
		silent[i] = ask_text("stat");
		serve();
	}
	int fd = ask_text("stats\n");
	serve();
	expect_answer(fd);
	/* The two that were here longest went; the others are still heard. */
	expect_nothing(silent[0], true);
	expect_nothing(silent[1], true);
	for (unsigned i = 0; i <= CONTROL_CLIENTS_MAX; i++) {
		if (i >= 2) {
			cr_assert_eq(send(silent[i], "s\n", 2, MSG_NOSIGNAL), 2);
			serve();
			expect_answer(silent[i]);
		} else {
			close(silent[i]);
		}
	}
}

Test(control_requests, who_leaves_or_never_reads_is_dropped)
{
	int fd = ask_text("stats\n");
	close(fd);
	serve();
	fd = ask_text("st");
	serve();
	close(fd);
	serve();
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		cr_expect_eq(server.clients[i].fd, -1);
	fd = ask_text("stats\n");
	serve();
	expect_answer(fd);
}

Test(control_requests, an_answer_larger_than_the_socket_takes_is_sent_in_pieces)
{
	enum { LARGE = 3 << 20 };
	char *text = malloc(LARGE + 2);
	size_t sum = 0, len = 0;
	bool closed = false;

	answer_len = LARGE;
	int fd = ask_text("stats\n");
	for (unsigned i = 0; i < 10000 && !closed; i++) {
		serve();
		closed = read_all(fd, text, LARGE + 2, &len);
		sum += len;
	}
	cr_expect(closed);
	cr_expect_eq(sum, LARGE + 1);
	close(fd);
	free(text);
}

Test(control_requests, a_folder_of_somebody_else_is_not_used)
{
	static struct control_socket second;
	char error[256];

	if (geteuid() != 0)
		cr_skip("only root may give a folder away");
	cr_assert_eq(chown(folder, 65534, 65534), 0);
	cr_expect_eq(control_socket_open(&second, "other", answer, &second, error, sizeof(error)),
		-EPERM);
}

Test(control_requests, only_its_user_may_ask)
{
	struct stat st;

	cr_assert_eq(stat(server.path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
}

Test(control_requests, a_socket_of_the_living_is_left_alone_and_one_of_the_dead_replaced)
{
	static struct control_socket second;
	char error[256];

	cr_expect_eq(control_socket_open(&second, "test", answer, &second, error, sizeof(error)),
		-EADDRINUSE);
	cr_expect_neq(strstr(error, server.path), NULL, "%s", error);
	int fd = ask_text("stats\n");
	serve();
	expect_answer(fd);

	close(server.listener); // as SIGKILL would: the file stays
	cr_assert_eq(control_socket_open(&server, "test", answer, &server, error, sizeof(error)), 0,
		"%s", error);
	fd = ask_text("stats\n");
	serve();
	expect_answer(fd);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A receipt is awaited among whatever else comes, and is put into words.
 */

#include "client/clock.h"
#include "client/receipt.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void put(int fd, uint64_t session, uint32_t sequence)
{
	const struct answer a = {.session = session, .sequence = sequence, .pace = 15};
	uint8_t bytes[ANSWER_MAX];

	cr_assert_gt(send(fd, bytes, answer_encode(&a, bytes), 0), 0);
}

Test(client_receipt, what_is_another_datagrams_is_passed_over)
{
	struct answer a;
	int fds[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	cr_expect_eq(receipt_await(fds[0], 5, 7, clock_now(), &a), -ETIMEDOUT);
	put(fds[1], 6, 7);
	put(fds[1], 5, 6);
	cr_assert_eq(send(fds[1], "noise", 5, 0), 5);
	cr_expect_eq(receipt_await(fds[0], 5, 7, clock_now() + CLOCK_MS, &a), -ETIMEDOUT);
	put(fds[1], 5, 7);
	cr_expect_eq(receipt_await(fds[0], 5, 7, clock_now() + CLOCK_SECOND, &a), 0);
	cr_expect(a.session == 5 && a.sequence == 7);
	close(fds[0]);
	close(fds[1]);
}

Test(client_receipt, each_status_has_words)
{
	for (unsigned status = 0; status < ANSWER_STATUSES; status++) {
		const struct answer a = {
			.channel = 3, .sequence = 9, .status = (uint8_t)status, .pace = 15};
		char *text = NULL;
		size_t len;
		FILE *to = open_memstream(&text, &len);

		receipt_print(to, &a);
		fclose(to);
		cr_expect_eq(strncmp(text, "channel 3, sequence 9: ", 23), 0, "%s", text);
		cr_expect_neq(strstr(text, "1.5 s"), NULL, "%s", text);
		cr_expect_eq(strstr(text, "not counted") == NULL,
			status == ANSWER_COUNTED || status == ANSWER_NOTHING, "%s", text);
		free(text);
	}
}

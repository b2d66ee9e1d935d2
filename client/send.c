/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar send`: one tap in one datagram. */

#include "client/clock.h"
#include "client/command.h"
#include "client/complain.h"
#include "client/option.h"
#include "client/receipt.h"
#include "client/session.h"
#include "client/tap.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"usage: uproar send [--to HOST:PORT] [--channel N] [--text] [--session HEX [--ticket HEX]\n"
	"                   [--sequence N]] [--receipt] REACTION…\n"
	"\n"
	"Sends one tap in one datagram.\n"
	"\n"
	"  uproar send 🔥🔥👏              plain text, to the appliance's default channel\n"
	"  uproar send --channel 1 🔥🔥👏  text in a binary datagram, to channel 1\n"
	"  uproar send --channel 1 7:2 3:1 reaction 7 twice and reaction 3 once, to channel 1\n"
	"\n"
	"  --to HOST:PORT  where the appliance is (default 127.0.0.1:7700, with --receipt "
	"[::1]:7700)\n"
	"  --channel N     0 to 65534 (default of REACTION:COUNT: 0)\n"
	"  --text          take the arguments as text, even those like 7:2\n"
	"  --session HEX   14 digits (default: another one each time)\n"
	"  --ticket HEX    32 digits, for a channel that wants tickets: `uproar ticket` issues "
	"them,\n"
	"                  each for one session\n"
	"  --sequence N    how many batches the session has sent with this one (default 1)\n"
	"  --receipt       ask for a receipt, wait for it for two seconds, and print it\n"
	"  --help          this text\n"
	"\n"
	"exit status: 0 the datagram is on its way, or counted with --receipt; 1 it is not; 2 "
	"wrong\n"
	"usage\n";

enum { RECEIPT_SECONDS = 2 };

struct request {
	struct endpoint to;
	struct tap tap;
	bool has_address, has_session;
	uint8_t ticket[WIRE_TICKET_LEN];
};

static int parse_option(int option, struct request *r)
{
	uint64_t channel, sequence;

	switch (option) {
	case 't':
		r->has_address = true;
		return option_endpoint("to", WIRE_PORT_REACTIONS, &r->to);
	case 'c':
		if (option_number("channel", 0, WIRE_CHANNEL_NONE - 1, &channel) < 0)
			return -EINVAL;
		r->tap.channel = (int)channel;
		return 0;
	case 's':
		r->has_session = true;
		return option_session(&r->tap.session);
	case 'k':
		r->tap.ticket = r->ticket;
		return option_ticket(r->ticket);
	case 'n':
		if (option_number("sequence", 1, UINT32_MAX, &sequence) < 0)
			return -EINVAL;
		r->tap.sequence = (uint32_t)sequence;
		return 0;
	case 'x':
		r->tap.as_text = true;
		return 0;
	case 'r':
		r->tap.receipt = true;
		return 0;
	default:
		return -EINVAL;
	}
}

/* 0 to go on, 1 if help was asked for, or -EINVAL. */
static int parse_arguments(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		{"to", required_argument, NULL, 't'},
		{"channel", required_argument, NULL, 'c'},
		{"text", no_argument, NULL, 'x'},
		{"receipt", no_argument, NULL, 'r'},
		{"session", required_argument, NULL, 's'},
		{"ticket", required_argument, NULL, 'k'},
		{"sequence", required_argument, NULL, 'n'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return 1;
		if (parse_option(option, r) < 0)
			return -EINVAL;
	}
	r->tap.words = argv + optind;
	r->tap.n = (unsigned)(argc - optind);
	if (r->tap.n == 0) {
		complain("no reaction was named; `uproar send --help` shows how");
		return -EINVAL;
	}
	/* An answer on lo is dropped by the kernel, but over ::1. */
	if (r->tap.receipt && !r->has_address)
		r->to = (struct endpoint){"::1", WIRE_PORT_REACTIONS};
	if (r->tap.ticket != NULL && !r->has_session) {
		complain("--ticket: a ticket is good for one session; name it with --session");
		return -EINVAL;
	}
	return 0;
}

/* On this machine the word that nobody listens is there at once, where an answer takes a while. */
static int await_receipt(int fd, const struct tap *tap, struct answer *out)
{
	return receipt_await(
		fd, tap->session, tap->sequence, clock_now() + RECEIPT_SECONDS * CLOCK_SECOND, out);
}

static int send_payload(
	const struct request *r, const uint8_t *payload, size_t len, struct answer *answer)
{
	const struct endpoint *to = &r->to;
	struct sockaddr_storage address;
	socklen_t address_len, error_len = sizeof(int);
	int error = 0, ret = endpoint_resolve(to, SOCK_DGRAM, &address, &address_len);

	if (ret < 0)
		return ret;
	int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, address_len) < 0 ||
		send(fd, payload, len, 0) < 0)
		error = errno;
	else if (r->tap.receipt)
		error = -await_receipt(fd, &r->tap, answer);
	else
		// on this machine the answer that nobody listens is already there
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len);
	close(fd);
	return -error;
}

static int conclude(const struct request *r, int ret, const struct answer *answer)
{
	char where[ENDPOINT_TEXT_MAX];

	endpoint_write(&r->to, where);
	if (ret == -ECONNREFUSED)
		complain("nobody listens at %s; is uproard running?", where);
	else if (ret == -ETIMEDOUT && r->tap.receipt)
		complain("no answer from %s within %d s%s", where, RECEIPT_SECONDS,
			endpoint_hint_unanswered(&r->to));
	else if (ret < 0)
		complain("cannot send to %s: %s", where, endpoint_why(ret));
	if (ret < 0)
		return EXIT_FAILED;
	if (!r->tap.receipt)
		return EXIT_OK;
	receipt_print(stdout, answer);
	return answer->status == ANSWER_COUNTED ? EXIT_OK : EXIT_FAILED;
}

int command_send(int argc, char **argv)
{
	struct request r = {
		.to = {"127.0.0.1", WIRE_PORT_REACTIONS},
		.tap = {.channel = -1, .session = session_random(), .sequence = 1},
	};
	uint8_t payload[WIRE_PAYLOAD_MAX];
	char why[TAP_WHY_MAX];
	struct answer answer;
	int ret = parse_arguments(argc, argv, &r);

	if (ret > 0) {
		fputs(help, stdout);
		return EXIT_OK;
	}
	if (ret < 0)
		return EXIT_USAGE;
	int len = tap_build(&r.tap, payload, why);
	if (len < 0) {
		complain("%s", why);
		return EXIT_USAGE;
	}
	return conclude(&r, send_payload(&r, payload, (size_t)len, &answer), &answer);
}

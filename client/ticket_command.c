/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar ticket`: issues a ticket, in place of an application's backend. */

#include "client/command.h"
#include "client/complain.h"
#include "client/option.h"
#include "client/session.h"
#include "client/ticket.h"
#include "wire/hex.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
	"usage: uproar ticket --key-file FILE --key ID [OPTION…]\n"
	"\n"
	"Issues a ticket: with it one session may tap on channels that want tickets.\n"
	"\n"
	"  --key-file FILE    the keys that the appliance has, too; of mode 0600\n"
	"  --key ID           which of them, 0 to 255\n"
	"  --session HEX      14 digits, or random (default: random)\n"
	"  --expires N        in so many seconds, or from 1000000000 up at this Unix time; the "
	"ticket "
	"is\n"
	"                     good up to and including that second (default: 3600)\n"
	"  --channel N        0 to 65534, or any (default: any)\n"
	"  --json             one JSON object\n"
	"  --help             this text\n"
	"\n"
	"exit status: 0 issued, 1 no such key, 2 wrong usage\n";

enum { UNIX_TIME_FROM = 1000000000 };

struct request {
	const char *key_file;
	int key_id; // -1: none was named
	bool json;
	struct ticket ticket;
};

static int set_session(struct request *r)
{
	if (strcmp(optarg, "random") == 0 || session_parse(optarg, &r->ticket.session) == 0)
		return 0;
	complain(
		"--session: '%s' is neither random nor 14 hexadecimal digits that are not all zero",
		optarg);
	return -EINVAL;
}

static int set_expiry(struct request *r, uint64_t expires)
{
	if (expires < UNIX_TIME_FROM)
		expires += (uint64_t)time(NULL);
	r->ticket.expires = (uint32_t)expires;
	return 0;
}

static int set_channel(struct request *r)
{
	uint64_t channel = WIRE_CHANNEL_NONE;

	if (strcmp(optarg, "any") != 0 &&
		option_number("channel", 0, WIRE_CHANNEL_NONE - 1, &channel) < 0)
		return -EINVAL;
	r->ticket.channel = (uint16_t)channel;
	return 0;
}

static int parse_option(int option, struct request *r)
{
	uint64_t number;

	switch (option) {
	case 'f':
		r->key_file = optarg;
		return 0;
	case 'k':
		if (option_number("key", 0, WIRE_KEYS_MAX - 1, &number) < 0)
			return -EINVAL;
		r->key_id = (int)number;
		return 0;
	case 's':
		return set_session(r);
	case 'e':
		return option_number("expires", 0, UINT32_MAX, &number) < 0 ? -EINVAL
									    : set_expiry(r, number);
	case 'c':
		return set_channel(r);
	case 'j':
		r->json = true;
		return 0;
	default:
		return -EINVAL;
	}
}

/* 0 to go on, 1 if help was asked for, or -EINVAL. */
static int parse_arguments(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		{"key-file", required_argument, NULL, 'f'},
		{"key", required_argument, NULL, 'k'},
		{"session", required_argument, NULL, 's'},
		{"expires", required_argument, NULL, 'e'},
		{"channel", required_argument, NULL, 'c'},
		{"json", no_argument, NULL, 'j'},
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
	if (optind < argc) {
		complain("'%s' is too much; `uproar ticket --help` shows how", argv[optind]);
		return -EINVAL;
	}
	if (r->key_file == NULL || r->key_id < 0) {
		complain("--key-file and --key are needed; `uproar ticket --help` shows how");
		return -EINVAL;
	}
	return 0;
}

static void print_json(const struct request *r, const char *session, const char *ticket)
{
	bool any = r->ticket.channel == WIRE_CHANNEL_NONE;
	json_t *object = json_pack("{s:s, s:s, s:i, s:I, s:o}", "session", session, "ticket",
		ticket, "key", r->key_id, "expires", (json_int_t)r->ticket.expires, "channel",
		any ? json_null() : json_integer(r->ticket.channel));

	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static int print(const struct request *r, const uint8_t bytes[WIRE_TICKET_LEN])
{
	char session[SESSION_TEXT_MAX], ticket[2 * WIRE_TICKET_LEN + 1];

	session_write(r->ticket.session, session);
	hex_write(bytes, WIRE_TICKET_LEN, ticket);
	if (r->json)
		print_json(r, session, ticket);
	else
		printf("session %s\nticket  %s\n", session, ticket);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

int command_ticket(int argc, char **argv)
{
	struct request r = {
		.key_id = -1,
		.ticket = {.session = session_random(), .channel = WIRE_CHANNEL_NONE},
	};
	struct ticket_issuer *issuer = NULL;
	uint8_t bytes[WIRE_TICKET_LEN];
	char why[TICKET_WHY_MAX] = "OpenSSL failed";

	set_expiry(&r, 3600);
	int ret = parse_arguments(argc, argv, &r);
	if (ret > 0) {
		fputs(help, stdout);
		return EXIT_OK;
	}
	if (ret < 0)
		return EXIT_USAGE;
	ret = ticket_issuer_open(&issuer, r.key_file, (uint8_t)r.key_id, why);
	if (ret == 0)
		ret = ticket_issue(issuer, &r.ticket, bytes);
	ticket_issuer_close(issuer);
	if (ret < 0) {
		complain("no ticket: %s", why);
		return EXIT_FAILED;
	}
	return print(&r, bytes);
}

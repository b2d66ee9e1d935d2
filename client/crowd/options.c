/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/options.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/option.h"
#include "wire/limits.h"
#include "wire/socket_path.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

const char crowd_options_help[] =
	"  --to HOST:PORT       where taps go (default 127.0.0.1:7700)\n"
	"  --from HOST:PORT     where the mood comes from, TCP (default 127.0.0.1:7701)\n"
	"  --http HOST:PORT     where the catalogue and the page are (default 127.0.0.1:7780)\n"
	"  --taps-per-second N  between the moments, up to 10000000 (default 2000; 0 only shows "
	"what "
	"others\n"
	"                       tap, and the exit status is the ledger's alone)\n"
	"  --seconds N          stop after so long (default: at Ctrl-C)\n"
	"  --seed N             of all chance (default: another one each time)\n"
	"  --name NAME          of the appliance whose ledger is asked at the end (default: "
	"default)\n"
	"  --socket PATH        or the path of its control socket\n"
	"  --ticket-key-file F  each viewer has a ticket, made with a key of this file\n"
	"  --ticket-key ID      which of them, 0 to 255\n"
	"  --help               this text\n";

enum { RATE_MAX = 10000000, NO_KEY = WIRE_KEYS_MAX };

static int parse_option(int option, struct crowd_options *o)
{
	switch (option) {
	case 't':
		return option_endpoint("to", WIRE_PORT_REACTIONS, &o->to);
	case 'f':
		return option_endpoint("from", WIRE_PORT_TCP, &o->from);
	case 'p':
		return option_endpoint("http", WIRE_PORT_HTTP, &o->http);
	case 'r':
		return option_number("taps-per-second", 0, RATE_MAX, &o->taps_per_second);
	case 's':
		return option_number("seconds", 0, 1000000000, &o->seconds);
	case 'e':
		return option_number("seed", 0, UINT64_MAX, &o->seed);
	case 'n':
		return option_name(o->socket_path);
	case 'k':
		return option_socket(o->socket_path);
	case 'K':
		o->ticket_key_file = optarg;
		return 0;
	case 'i':
		return option_number("ticket-key", 0, WIRE_KEYS_MAX - 1, &o->ticket_key);
	default:
		return -EINVAL;
	}
}

static int set_defaults(struct crowd_options *o)
{
	*o = (struct crowd_options){
		.to = {"127.0.0.1", WIRE_PORT_REACTIONS},
		.from = {"127.0.0.1", WIRE_PORT_TCP},
		.http = {"127.0.0.1", WIRE_PORT_HTTP},
		.taps_per_second = 2000,
		.ticket_key = NO_KEY,
	};
	if (getrandom(&o->seed, sizeof(o->seed), 0) < 0)
		o->seed = clock_now();
	return control_socket_path(UPROAR_DEFAULT_NAME, o->socket_path, sizeof(o->socket_path));
}

int crowd_options_parse(int argc, char **argv, struct crowd_options *out)
{
	static const struct option options[] = {
		{"to", required_argument, NULL, 't'},
		{"from", required_argument, NULL, 'f'},
		{"http", required_argument, NULL, 'p'},
		{"taps-per-second", required_argument, NULL, 'r'},
		{"seconds", required_argument, NULL, 's'},
		{"seed", required_argument, NULL, 'e'},
		{"name", required_argument, NULL, 'n'},
		{"socket", required_argument, NULL, 'k'},
		{"ticket-key-file", required_argument, NULL, 'K'},
		{"ticket-key", required_argument, NULL, 'i'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option;

	if (set_defaults(out) < 0) {
		complain("the path of the control socket would be too long");
		return -EINVAL;
	}
	optind = 0; // the relay has parsed its own options before
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return 1;
		if (parse_option(option, out) < 0)
			return -EINVAL;
	}
	if (optind < argc) {
		complain("'%s' is too much", argv[optind]);
		return -EINVAL;
	}
	if ((out->ticket_key_file != NULL) != (out->ticket_key != NO_KEY)) {
		complain("--ticket-key-file and --ticket-key belong together");
		return -EINVAL;
	}
	return 0;
}

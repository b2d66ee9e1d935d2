/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar crowd`: the simulated crowd, its taps sent as real datagrams. */

#include "client/command.h"
#include "client/complain.h"
#include "client/crowd/crowd.h"
#include "client/crowd/udp_sink.h"

#include <stdio.h>
#include <string.h>

static void print_help(void)
{
	printf("usage: uproar crowd [OPTION…]\n\n"
	       "A simulated crowd that taps the channels from 1 up of an appliance and shows their "
	       "mood.\n"
	       "Every so often the match has a moment: ten times the taps, and another mood. On a "
	       "terminal\n"
	       "the mood is a live table, elsewhere a line for each window.\n\n%s\n"
	       "The last line says `windows W, taps sent S, taps counted C, ledger balanced`. The "
	       "crowd must\n"
	       "be the only one that taps its channels, unless it only shows.\n\n"
	       "exit status: 0 every tap was counted and the ledger balances, 1 not so, 2 wrong "
	       "usage\n",
		crowd_options_help);
}

int command_crowd(int argc, char **argv)
{
	struct crowd_options options;
	struct udp_sink udp;
	char where[ENDPOINT_TEXT_MAX];
	int ret = crowd_options_parse(argc, argv, &options);

	if (ret > 0) {
		print_help();
		return EXIT_OK;
	}
	if (ret < 0)
		return EXIT_USAGE;
	ret = udp_sink_open(&udp, &options.to);
	if (ret < 0) {
		complain("no socket to %s: %s", endpoint_write(&options.to, where),
			endpoint_why(ret));
		return EXIT_FAILED;
	}
	ret = crowd_run(&options, udp_sink(&udp));
	udp_sink_close(&udp);
	return ret;
}

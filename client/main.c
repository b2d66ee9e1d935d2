/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The command `uproar`: a table of subcommands and the way into them. */

#include "client/command.h"
#include "client/complain.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{"send", command_send, "send one tap"},
	{"watch", command_watch, "follow the mood of channels"},
	{"timeline", command_timeline, "how a channel has been, as a curve"},
	{"crowd", command_crowd, "be a simulated crowd and show its mood live"},
	{"pcap", command_pcap, "write a capture file of taps, for traffic generators"},
	{"ticket", command_ticket, "issue a ticket for channels that want one"},
	{"host", command_host, "make this machine ready for an appliance, or say what is missing"},
	{"reload", command_reload, "have the appliance read its configuration again"},
	{"stats", command_stats,
		"what the appliance received, counted and refused, and its ledger"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *to)
{
	fprintf(to, "usage: uproar COMMAND [OPTION…] [ARGUMENT…]\n\ncommands:\n");
	for (unsigned i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-10s%s\n", commands[i].name, commands[i].what);
	fprintf(to, "\noptions:\n"
		    "  --help     this text; `uproar COMMAND --help` for a command's own\n"
		    "  --version  the version\n\n"
		    "exit status: 0 done, 1 failed, 2 wrong usage\n");
}

int main(int argc, char **argv)
{
	static char name[64];

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("uproar %s\n", UPROAR_VERSION);
		return EXIT_OK;
	}
	for (unsigned i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		/* What getopt's complaints begin with. */
		snprintf(name, sizeof(name), "uproar %s", commands[i].name);
		argv[1] = name;
		return commands[i].run(argc - 1, argv + 1);
	}
	complain("there is no command '%s'; `uproar --help` lists them", argv[1]);
	return EXIT_USAGE;
}

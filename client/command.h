/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The subcommands of `uproar`. Each takes its own arguments, argv[0] being its name, and returns
 * the exit status of the program.
 */
#ifndef CLIENT_COMMAND_H
#define CLIENT_COMMAND_H

enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

int command_crowd(int argc, char **argv);
int command_host(int argc, char **argv);
int command_pcap(int argc, char **argv);
int command_reload(int argc, char **argv);
int command_send(int argc, char **argv);
int command_stats(int argc, char **argv);
int command_ticket(int argc, char **argv);
int command_timeline(int argc, char **argv);
int command_watch(int argc, char **argv);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar stats`: what the appliance says about itself. */

#include "client/clock.h"
#include "client/command.h"
#include "client/complain.h"
#include "client/control_call.h"
#include "client/ledger.h"
#include "client/option.h"
#include "client/stats_tables.h"
#include "client/stats_watch.h"
#include "wire/socket_path.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"usage: uproar stats [--name NAME | --socket PATH] [--json] [--all | --slowest | --watch]\n"
	"\n"
	"Asks an appliance on this machine what it received, counted and refused, and whether its\n"
	"ledger balances.\n"
	"\n"
	"  --name NAME    of the appliance (default: default)\n"
	"  --socket PATH  or the path of its control socket\n"
	"  --json         its own answer, one JSON object\n"
	"  --all          list every reason of refusal, also those that never occurred\n"
	"  --slowest      only the subscribers that keep up worst, at most ten, with their "
	"addresses\n"
	"  --watch        a screen of what goes on, renewed once a second, until q or Ctrl-C; with "
	"--json\n"
	"                 a line a second\n"
	"  --help         this text\n"
	"\n"
	"exit status: 0 the ledger balances, 1 it does not or there is no answer, 2 wrong usage;\n"
	"nodes of a cluster that count nothing have no ledger, and their answer is 0;\n"
	"with --slowest 0 answered, 1 not\n";

struct request {
	char socket_path[OPTION_SOCKET_MAX];
	bool json, all, slowest, watch;
};

/* 0 to go on, 1 if help was asked for, or -errno. */
static int parse_arguments(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		{"name", required_argument, NULL, 'n'},
		{"socket", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"all", no_argument, NULL, 'a'},
		{"slowest", no_argument, NULL, 'w'},
		{"watch", no_argument, NULL, 'W'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option,
		ret = control_socket_path(UPROAR_DEFAULT_NAME, r->socket_path, OPTION_SOCKET_MAX);

	while (ret == 0 && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return 1;
		if (option == 'j')
			r->json = true;
		else if (option == 'a')
			r->all = true;
		else if (option == 'w')
			r->slowest = true;
		else if (option == 'W')
			r->watch = true;
		else if (option == 'n')
			ret = option_name(r->socket_path);
		else
			ret = option == 's' ? option_socket(r->socket_path) : -EINVAL;
	}
	if (ret == 0 && optind < argc) {
		complain("'%s' is too much; `uproar stats --help` shows how", argv[optind]);
		return -EINVAL;
	}
	return ret;
}

static void print_json(const char *answer, size_t len)
{
	printf("%s%s", answer, len > 0 && answer[len - 1] == '\n' ? "" : "\n");
}

static int print_slowest(const struct request *r, const char *answer, size_t len)
{
	if (!stats_has_slowest(answer, len)) {
		complain("the answer of %s holds no list of subscribers", r->socket_path);
		return EXIT_FAILED;
	}
	if (r->json)
		print_json(answer, len);
	else
		stats_print_slowest(stdout, answer, len);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

static int print_stats(const struct request *r, const char *answer, size_t len)
{
	struct ledger ledger = {.balanced = true};

	if (stats_has_ledger(answer, len) && ledger_read(answer, len, &ledger) < 0) {
		complain("the answer of %s holds no ledger", r->socket_path);
		return EXIT_FAILED;
	}
	if (r->json)
		print_json(answer, len);
	else
		stats_print(stdout, answer, len, r->all);
	return fflush(stdout) == 0 && ledger.balanced ? EXIT_OK : EXIT_FAILED;
}

int command_stats(int argc, char **argv)
{
	struct request r = {0};
	char *answer;
	size_t len;
	int ret = parse_arguments(argc, argv, &r);

	if (ret > 0) {
		fputs(help, stdout);
		return EXIT_OK;
	}
	if (ret < 0)
		return EXIT_USAGE;
	if (r.watch)
		return stats_watch(r.socket_path, r.json);
	ret = control_call(r.socket_path, r.slowest ? "slowest" : "stats",
		clock_now() + 5 * CLOCK_SECOND, &answer, &len);
	if (ret < 0) {
		complain("no answer at %s: %s%s", r.socket_path, strerror(-ret),
			ret == -ENOENT || ret == -ECONNREFUSED ? "; is uproard running?" : "");
		return EXIT_FAILED;
	}
	ret = (r.slowest ? print_slowest : print_stats)(&r, answer, len);
	free(answer);
	return ret;
}

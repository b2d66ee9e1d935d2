/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar reload`: the appliance reads again what may change while it runs. */

#include "client/clock.h"
#include "client/command.h"
#include "client/complain.h"
#include "client/control_call.h"
#include "client/option.h"
#include "wire/socket_path.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"usage: uproar reload [--name NAME | --socket PATH]\n"
	"\n"
	"Has an appliance on this machine read the keys of its tickets and its TLS certificate "
	"again,\n"
	"of each all or nothing, and says what happened. SIGHUP does the same.\n"
	"\n"
	"  --name NAME    of the appliance (default: default)\n"
	"  --socket PATH  or the path of its control socket\n"
	"  --help         this text\n"
	"\n"
	"exit status: 0 reloaded, 1 nothing changed or there is no answer, 2 wrong usage\n";

/* 0 to go on, 1 if help was asked for, or -EINVAL. */
static int parse_arguments(int argc, char **argv, char socket_path[OPTION_SOCKET_MAX])
{
	static const struct option options[] = {
		{"name", required_argument, NULL, 'n'},
		{"socket", required_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option, ret = control_socket_path(UPROAR_DEFAULT_NAME, socket_path, OPTION_SOCKET_MAX);

	while (ret == 0 && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return 1;
		if (option == 'n')
			ret = option_name(socket_path);
		else
			ret = option == 's' ? option_socket(socket_path) : -EINVAL;
	}
	if (ret == 0 && optind < argc) {
		complain("'%s' is too much; `uproar reload --help` shows how", argv[optind]);
		return -EINVAL;
	}
	return ret;
}

static int print_answer(const char *answer, size_t len)
{
	json_t *root = json_loadb(answer, len, 0, NULL);
	const char *message = json_string_value(json_object_get(root, "message"));
	bool done = json_is_true(json_object_get(root, "reloaded"));

	if (done && message != NULL)
		puts(message);
	else
		complain("%s",
			message != NULL ? message : "the appliance does not know how to reload");
	json_decref(root);
	return done && fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

int command_reload(int argc, char **argv)
{
	char socket_path[OPTION_SOCKET_MAX], *answer;
	size_t len;
	int ret = parse_arguments(argc, argv, socket_path);

	if (ret > 0) {
		fputs(help, stdout);
		return EXIT_OK;
	}
	if (ret < 0)
		return EXIT_USAGE;
	ret = control_call(socket_path, "reload", clock_now() + 5 * CLOCK_SECOND, &answer, &len);
	if (ret < 0) {
		complain("no answer at %s: %s%s", socket_path, strerror(-ret),
			ret == -ENOENT || ret == -ECONNREFUSED ? "; is uproard running?" : "");
		return EXIT_FAILED;
	}
	ret = print_answer(answer, len);
	free(answer);
	return ret;
}

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
	"usage: uproar reload [--name NAME | --socket PATH] [--json]\n"
	"\n"
	"Has an appliance on this machine read its configuration again, and the keys and the\n"
	"certificate that it names: all of it or nothing. Says what has changed, and what takes\n"
	"a restart. SIGHUP does the same.\n"
	"\n"
	"  --name NAME    of the appliance (default: default)\n"
	"  --socket PATH  or the path of its control socket\n"
	"  --json         the answer as JSON\n"
	"  --help         this text\n"
	"\n"
	"exit status: 0 all is in effect, 1 nothing has changed or there is no answer,\n"
	"2 wrong usage, 3 some options need a restart, the others are in effect\n";

enum { EXIT_NEEDS_RESTART = 3 };

/* It reads files and may compile a large catalogue, behind others who ask. */
static const uint64_t patience = 60 * (uint64_t)CLOCK_SECOND;

/* 0 to go on, 1 if help was asked for, or -EINVAL. */
static int parse_arguments(
	int argc, char **argv, char socket_path[OPTION_SOCKET_MAX], bool *as_json)
{
	static const struct option options[] = {
		{"name", required_argument, NULL, 'n'},
		{"socket", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option, ret = control_socket_path(UPROAR_DEFAULT_NAME, socket_path, OPTION_SOCKET_MAX);

	while (ret == 0 && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return 1;
		if (option == 'n')
			ret = option_name(socket_path);
		else if (option == 'j')
			*as_json = true;
		else
			ret = option == 's' ? option_socket(socket_path) : -EINVAL;
	}
	if (ret == 0 && optind < argc) {
		complain("'%s' is too much; `uproar reload --help` shows how", argv[optind]);
		return -EINVAL;
	}
	return ret;
}

static void print_message(const char *message, bool done)
{
	if (done && message != NULL)
		puts(message);
	else
		complain("%s",
			message != NULL ? message : "the appliance does not know how to reload");
}

static int print_answer(const char *answer, size_t len, bool as_json)
{
	json_t *root = json_loadb(answer, len, 0, NULL);
	const json_t *left = json_object_get(json_object_get(root, "changes"), "needs_restart");
	bool done = json_is_true(json_object_get(root, "reloaded"));
	int status = !done ? EXIT_FAILED : json_array_size(left) > 0 ? EXIT_NEEDS_RESTART : EXIT_OK;

	if (as_json && root != NULL)
		printf("%.*s\n", (int)strcspn(answer, "\n"), answer);
	else
		print_message(json_string_value(json_object_get(root, "message")), done);
	json_decref(root);
	return fflush(stdout) == 0 ? status : EXIT_FAILED;
}

int command_reload(int argc, char **argv)
{
	char socket_path[OPTION_SOCKET_MAX], *answer;
	bool as_json = false;
	size_t len;
	int ret = parse_arguments(argc, argv, socket_path, &as_json);

	if (ret > 0) {
		fputs(help, stdout);
		return EXIT_OK;
	}
	if (ret < 0)
		return EXIT_USAGE;
	ret = control_call(socket_path, "reload", clock_now() + patience, &answer, &len);
	if (ret < 0) {
		complain("no answer at %s: %s%s", socket_path, strerror(-ret),
			ret == -ENOENT || ret == -ECONNREFUSED ? "; is uproard running?" : "");
		return EXIT_FAILED;
	}
	ret = print_answer(answer, len, as_json);
	free(answer);
	return ret;
}

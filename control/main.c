/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * uproard: the appliance. Reads the command line, the configuration, and runs.
 */

#include "control/appliance.h"
#include "control/log.h"
#include "control/needs.h"
#include "control/node.h"
#include "control/open_files.h"
#include "dataplane/secondaries.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"usage: uproard [OPTION]... [CONFIG-FILE] [-- EAL-ARGUMENT...]\n"
	"\n"
	"Counts reaction datagrams and sends the crowd's mood to subscribers. Without a\n"
	"configuration it receives from this machine's loopback interface.\n"
	"\n"
	"  --check               check the configuration and exit\n"
	"  --needs               print what the configuration needs of the machine, as JSON\n"
	"                        (`uproar host` asks), and exit\n"
	"  --print-config        print the commented default configuration and exit\n"
	"  --name NAME           name of this appliance (arena, control socket)\n"
	"  --user USER           become this user, as root, in place of the configured one\n"
	"  --device DEVICE       one port with this device, in place of the configured ones\n"
	"  --new-arena           give up what an earlier process counted\n"
	"  --temporary-arena     begin with a new arena and remove it at the end\n"
	"  --end-capture PORT    end a capture whose dpdk-dumpcap was killed, of the appliance\n"
	"                        --name; a running one does so by itself\n"
	"  -h, --help            this text\n"
	"  -V, --version         version\n"
	"\n"
	"SIGHUP reads the configuration and the files that it names again, as `uproar reload`\n"
	"does.\n"
	"Exit status: 0 stopped by a signal (SIGTERM, SIGINT, SIGQUIT), 2 usage,\n"
	"3 configuration, 4 arena, 5 devices, 6 fan-out, 7 control socket, 8 journal,\n"
	"9 user, 10 cluster.\n";

/* control/uproar.yaml, carried in the program. */
extern const unsigned char default_config[];
extern const unsigned long default_config_len;

struct command_line {
	const char *file;
	bool check, needs;
	bool print_config;
	const char *end_capture;
	struct appliance_options options;
};

enum {
	CHECK = 256,
	NEEDS,
	PRINT_CONFIG,
	NAME,
	USER,
	DEVICE,
	NEW_ARENA,
	TEMPORARY_ARENA,
	END_CAPTURE
};

static const struct option long_options[] = {
	{"check", no_argument, NULL, CHECK},
	{"needs", no_argument, NULL, NEEDS},
	{"print-config", no_argument, NULL, PRINT_CONFIG},
	{"name", required_argument, NULL, NAME},
	{"user", required_argument, NULL, USER},
	{"device", required_argument, NULL, DEVICE},
	{"new-arena", no_argument, NULL, NEW_ARENA},
	{"temporary-arena", no_argument, NULL, TEMPORARY_ARENA},
	{"end-capture", required_argument, NULL, END_CAPTURE},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static void take_option(struct command_line *line, int option)
{
	switch (option) {
	case CHECK:
		line->check = true;
		break;
	case NEEDS:
		line->needs = true;
		break;
	case PRINT_CONFIG:
		line->print_config = true;
		break;
	case NAME:
		line->options.overrides.name = optarg;
		break;
	case USER:
		line->options.overrides.user = optarg;
		break;
	case DEVICE:
		line->options.overrides.device = optarg;
		break;
	case TEMPORARY_ARENA:
		line->options.temporary_arena = true;
		line->options.new_arena = true;
		break;
	case END_CAPTURE:
		line->end_capture = optarg;
		break;
	case NEW_ARENA:
		line->options.new_arena = true;
		break;
	case 'h':
		fputs(help, stdout);
		exit(EXIT_SUCCESS);
	case 'V':
		puts("uproard " UPROAR_VERSION);
		exit(EXIT_SUCCESS);
	default:
		fputs("Try 'uproard --help'.\n", stderr);
		exit(EXIT_USAGE);
	}
}

/* One file, and behind "--" what is for DPDK. getopt_long() stops there. */
static void parse(struct command_line *line, int argc, char **argv)
{
	int option, end = argc;

	for (int i = 1; i < argc && end == argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			end = i;
	}
	while ((option = getopt_long(end, argv, "hV", long_options, NULL)) != -1)
		take_option(line, option);
	if (end - optind > 1) {
		fprintf(stderr, "uproard: one configuration file, not also '%s'\n",
			argv[optind + 1]);
		exit(EXIT_USAGE);
	}
	line->file = optind < end ? argv[optind] : NULL;
	line->options.overrides.eal = argv + (end < argc ? end + 1 : argc);
	line->options.overrides.n_eal = (unsigned)(argv + argc - line->options.overrides.eal);
}

/* Where a reload finds the file again, wherever this process is by then. */
static char *absolute(const char *file)
{
	char *folder = file[0] == '/' ? NULL : getcwd(NULL, 0), *path = NULL;

	if (folder == NULL)
		return strdup(file);
	if (asprintf(&path, "%s/%s", folder, file) < 0)
		path = NULL;
	free(folder);
	return path;
}

static int run(const struct config *config, struct command_line *line)
{
	char *path = line->file != NULL ? absolute(line->file) : NULL;

	line->options.config_path = path;
	if (config->cluster.n_kafka > 0)
		open_files_raise(config);
	int code = (config->roles & ROLE_INGEST) != 0 ? appliance_run(config, &line->options)
						      : node_run(config, &line->options);
	free(path);
	return code;
}

static bool is_fit_for_a_file_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= CONFIG_NAME_MAX &&
	       name[strspn(name,
		       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] == '\0';
}

static int end_capture(const struct command_line *line)
{
	const char *name = line->options.overrides.name;
	int ret = secondaries_end_capture(name != NULL ? name : "default", line->end_capture);

	if (ret == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "uproard: no capture on %s could be ended: %s\n", line->end_capture,
		strerror(-ret));
	return EXIT_DEVICES;
}

static int say_good(const struct config *config, const char *file)
{
	char doubt[FANOUT_REPORT_MAX];

	if (config_doubt(config, doubt))
		fprintf(stderr, "uproard: warning: tls.certificate: %s\n", doubt);
	printf("%s: good\n", file != NULL ? file : "defaults");
	return EXIT_SUCCESS;
}

static int say_needs(const struct config *config)
{
	char *text = needs_json(config);
	bool said = text != NULL && puts(text) >= 0 && fflush(stdout) == 0;

	free(text);
	return said ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct command_line line = {0};
	struct config config;
	char error[1024];
	int code;

	parse(&line, argc, argv);
	if (line.print_config) {
		fwrite(default_config, 1, default_config_len, stdout);
		return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	const char *name = line.options.overrides.name;
	if (name != NULL && !is_fit_for_a_file_name(name)) {
		fprintf(stderr, "uproard: --name %s: letters, digits, - and _, at most %d\n", name,
			CONFIG_NAME_MAX);
		return EXIT_USAGE;
	}
	if (line.end_capture != NULL)
		return end_capture(&line);
	/* What is needed can be said where its keys and its certificate are not. */
	if ((line.needs ? config_read : config_load)(&config, line.file, error, sizeof(error)) <
		0) {
		fprintf(stderr, "uproard: %s\n", error);
		return EXIT_CONFIG;
	}
	if (config_override(&config, &line.options.overrides, error, sizeof(error)) < 0) {
		fprintf(stderr, "uproard: %s\n", error);
		code = EXIT_USAGE;
	} else if (line.needs) {
		code = say_needs(&config);
	} else if (line.check) {
		code = say_good(&config, line.file);
	} else {
		log_apply(&config.log);
		code = run(&config, &line);
		log_turn(true);
	}
	config_free(&config);
	return code;
}

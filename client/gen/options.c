/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/options.h"

#include "client/complain.h"
#include "client/device/device.h"
#include "client/gen/help.h"
#include "client/gen/quantity.h"
#include "client/option.h"
#include "client/session.h"
#include "wire/socket_path.h"

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { GOALS_PERCENT = 50, RATE_MAX = 1000000000, CPU_MAX = CPU_SETSIZE - 1 };

static const double day = 86400;

/* Of each of the two, and then those of one. */
enum {
	BOTH = 0x100,
	DEVICE = BOTH,
	CORES,
	NAME,
	CONTROL,
	METRICS,
	DRAIN,
	ANSWERS,
	JSON,
	VERBOSE,
	OF_RUN = 0x140,
	RATE = OF_RUN,
	SECONDS,
	OF_SEARCH = 0x180,
	MAX_RATE = OF_SEARCH,
	MIN_RATE,
	WIDTH,
	GOALS,
	INITIAL,
	FINAL,
	REPEATS,
	LIMIT,
	SVG,
};

static const struct option table[] = {
	{"device", required_argument, NULL, DEVICE},
	{"cores", required_argument, NULL, CORES},
	{"name", required_argument, NULL, NAME},
	{"control", required_argument, NULL, CONTROL},
	{"metrics", required_argument, NULL, METRICS},
	{"drain", required_argument, NULL, DRAIN},
	{"answers", no_argument, NULL, ANSWERS},
	{"json", no_argument, NULL, JSON},
	{"verbose", no_argument, NULL, VERBOSE},
	{"rate", required_argument, NULL, RATE},
	{"seconds", required_argument, NULL, SECONDS},
	{"max-rate", required_argument, NULL, MAX_RATE},
	{"min-rate", required_argument, NULL, MIN_RATE},
	{"width", required_argument, NULL, WIDTH},
	{"goals", required_argument, NULL, GOALS},
	{"initial", required_argument, NULL, INITIAL},
	{"final", required_argument, NULL, FINAL},
	{"repeats", required_argument, NULL, REPEATS},
	{"limit", required_argument, NULL, LIMIT},
	{"svg", required_argument, NULL, SVG},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	TRAFFIC_LONG_OPTIONS,
	{0},
};

static int option_quantity(const char *name, double min, double max, double *out)
{
	if (quantity_parse(optarg, min, max, out) == 0)
		return 0;
	complain("--%s: '%s' is not a number from %g to %g", name, optarg, min, max);
	return -EINVAL;
}

static int option_rate(const char *name, double *out)
{
	if (quantity_parse_rate(optarg, 1, RATE_MAX, out) == 0)
		return 0;
	complain("--%s: '%s' is not a rate from 1 to 1000M frames a second, such as 250k or 14.2M",
		name, optarg);
	return -EINVAL;
}

static int option_cores(struct eal_wish *w)
{
	int n = quantity_parse_cpus(optarg, CPU_MAX, w->cpus, DEVICE_QUEUES_MAX);

	if (n > 0) {
		w->cpus_n = (unsigned)n;
		return 0;
	}
	complain("--cores: '%s' is not a list of at most %d CPUs such as 2 or 2,4-7, none of them "
		 "twice",
		optarg, DEVICE_QUEUES_MAX);
	return -EINVAL;
}

static int option_goals(struct search_settings *s)
{
	int n = quantity_parse_list(optarg, 0, GOALS_PERCENT, s->goals, SEARCH_GOALS_MAX);

	if (n <= 0) {
		complain("--goals: '%s' are not one to four percentages from 0 to %d that ascend, "
			 "such as 0,0.5",
			optarg, GOALS_PERCENT);
		return -EINVAL;
	}
	s->goals_n = (unsigned)n;
	for (int i = 0; i < n; i++)
		s->goals[i] /= 100;
	return 0;
}

static int option_metrics(struct appliance *a)
{
	if (appliance_parse_url(optarg, a) == 0)
		return 0;
	complain("--metrics: '%s' is not http://HOST:PORT/metrics", optarg);
	return -EINVAL;
}

/* The path of its control socket, by its name or as it is. */
static int option_appliance(int option, struct appliance *a)
{
	a->by = APPLIANCE_SOCKET;
	if (option == NAME)
		return option_name(a->socket_path);
	if (strlen(optarg) < sizeof(a->socket_path)) {
		strcpy(a->socket_path, optarg);
		return 0;
	}
	complain("--control: the path is too long");
	return -EINVAL;
}

static int parse_common(int option, struct gen_options *o)
{
	uint64_t n = 0;
	int ret;

	switch (option) {
	case DEVICE:
		o->eal.device = optarg;
		return 0;
	case CORES:
		return option_cores(&o->eal);
	case NAME:
	case CONTROL:
		return option_appliance(option, &o->appliance);
	case METRICS:
		return option_metrics(&o->appliance);
	case DRAIN:
		ret = option_number("drain", 1, 60000, &n);
		o->drain_ms = (unsigned)n;
		return ret;
	case ANSWERS:
		o->answers = true;
		return 0;
	case JSON:
		o->json = true;
		return 0;
	case VERBOSE:
		o->eal.verbose = true;
		return 0;
	default:
		return -EINVAL;
	}
}

static int parse_run(int option, struct gen_options *o)
{
	if (option == SECONDS)
		return option_quantity("seconds", 0.01, 365 * day, &o->seconds);
	if (strcmp(optarg, "max") == 0) {
		o->rate = 0;
		return 0;
	}
	return option_rate("rate", &o->rate);
}

static int parse_search(int option, struct gen_options *o)
{
	struct search_settings *s = &o->search;
	uint64_t n = 0;
	int ret;

	switch (option) {
	case MAX_RATE:
		return option_rate("max-rate", &s->max_rate);
	case MIN_RATE:
		return option_rate("min-rate", &s->min_rate);
	case WIDTH:
		ret = option_quantity("width", 0.01, 50, &s->width);
		s->width /= 100;
		return ret;
	case GOALS:
		return option_goals(s);
	case INITIAL:
		return option_quantity("initial", 0.01, day, &s->initial_seconds);
	case FINAL:
		return option_quantity("final", 0.01, day, &s->final_seconds);
	case REPEATS:
		ret = option_number("repeats", 0, 20, &n);
		s->repeats = (unsigned)n;
		return ret;
	case LIMIT:
		return option_quantity("limit", 1, 365 * day, &o->limit);
	default:
		o->svg = optarg;
		return 0;
	}
}

static const char *name_of(int option)
{
	const struct option *o = table;

	while (o->val != option)
		o++;
	return o->name;
}

static int parse_option(int option, struct gen_options *o)
{
	if (option == 'h') {
		gen_help_print();
		return 1;
	}
	if (option == 'V') {
		printf("uproar-gen %s\n", UPROAR_VERSION);
		return 1;
	}
	if (option == '?')
		return -EINVAL;
	if (option >= TRAFFIC_OPTION) {
		o->has_seed = o->has_seed || option == TRAFFIC_SEED;
		return traffic_option(option, &o->traffic);
	}
	if (option >= OF_RUN && (option >= OF_SEARCH) != o->searches) {
		complain("--%s is an option of `uproar-gen %s`", name_of(option),
			o->searches ? "run" : "search");
		return -EINVAL;
	}
	if (option >= OF_SEARCH)
		return parse_search(option, o);
	return option >= OF_RUN ? parse_run(option, o) : parse_common(option, o);
}

static void set_defaults(struct gen_options *o)
{
	memset(o, 0, sizeof(*o));
	o->eal.program = "uproar-gen";
	o->drain_ms = 300;
	o->limit = 900;
	o->search = (struct search_settings){
		.min_rate = 1000,
		.width = 0.005,
		.initial_seconds = 1,
		.final_seconds = 10,
		.phases = 3,
		.repeats = 2,
		.trials = SEARCH_TRIALS_MAX,
		.goals_n = 2,
		.goals = {0, 0.005},
	};
	traffic_options_default(&o->traffic);
}

/* The memory that EAL takes is ours to choose, unless they chose. */
static void take_eal_arguments(struct gen_options *o, char **argv, int n)
{
	static const char *const memory[] = {"-m", "--no-huge", "--in-memory", "--huge-dir",
		"--socket-mem", "--legacy-mem", "--huge-unlink", "--single-file-segments"};

	o->eal.arguments = argv;
	o->eal.arguments_n = (unsigned)n;
	for (int i = 0; i < n; i++) {
		size_t len = strcspn(argv[i], "=");

		for (unsigned m = 0; m < sizeof(memory) / sizeof(memory[0]); m++)
			o->eal.own_memory =
				o->eal.own_memory ||
				(strlen(memory[m]) == len && strncmp(argv[i], memory[m], len) == 0);
	}
}

static int complete(struct gen_options *o)
{
	struct search_settings *s = &o->search;

	if (o->eal.device == NULL) {
		complain("--device is missing; `uproar-gen --help` shows how");
		return -EINVAL;
	}
	if (s->initial_seconds > s->final_seconds) {
		complain("--initial: the first trials are not longer than the last ones (--final)");
		return -EINVAL;
	}
	if (s->max_rate > 0 && s->max_rate < s->min_rate) {
		complain("--max-rate is below --min-rate");
		return -EINVAL;
	}
	if (s->initial_seconds == s->final_seconds)
		s->phases = 1;
	if (o->searches && o->appliance.by == APPLIANCE_NONE) {
		o->appliance.by = APPLIANCE_SOCKET;
		control_socket_path(
			UPROAR_DEFAULT_NAME, o->appliance.socket_path, OPTION_SOCKET_MAX);
	}
	if (!o->has_seed) // viewers whom the appliance has not seen
		o->traffic.spec.seed = (uint32_t)(session_random() & TRAFFIC_SEED_MAX);
	return traffic_options_end(&o->traffic);
}

static int take_command(int argc, char **argv, struct gen_options *o)
{
	const char *command = argc > 1 ? argv[1] : "";

	if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0)
		return parse_option('h', o);
	if (strcmp(command, "--version") == 0)
		return parse_option('V', o);
	o->searches = strcmp(command, "search") == 0;
	if (o->searches || strcmp(command, "run") == 0)
		return 0;
	complain("'%s' is neither run nor search; `uproar-gen --help` shows how", command);
	return -EINVAL;
}

int gen_options_parse(int argc, char **argv, struct gen_options *o)
{
	int option, ret;

	set_defaults(o);
	ret = take_command(argc, argv, o);
	if (ret != 0)
		return ret;
	argv[1] = argv[0]; // for getopt's own words
	argv++;
	argc--;
	while (ret == 0 && (option = getopt_long(argc, argv, "+h", table, NULL)) != -1)
		ret = parse_option(option, o);
	if (ret != 0)
		return ret;
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0) {
		complain("'%s' is too much; `uproar-gen --help` shows how", argv[optind]);
		return -EINVAL;
	}
	take_eal_arguments(o, argv + optind, argc - optind);
	return complete(o);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar host`: whether this machine is ready for an appliance, and what makes it so. */

#include "client/command.h"
#include "client/complain.h"
#include "client/host_needs.h"
#include "client/host_report.h"
#include "hugepages/host/kernel.h"
#include "hugepages/host/pci.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_CONFIG "/etc/uproar/uproar.yaml"

static const char help_head[] =
	"usage: uproar host check|init|undo [OPTION…] [STAGE…]\n"
	"\n"
	"Makes this machine ready for an appliance. check only reads, and says of each stage in a\n"
	"sentence how it is, with the commands that mend it and those that keep it over a "
	"restart.\n"
	"init does what a program can do, says each thing as a command behind RUN:, and checks "
	"again.\n"
	"undo takes back what init did, in reverse, and nothing else. A network device that "
	"carries\n"
	"the default route or an ssh session is never taken.\n"
	"\n"
	"  --config FILE     what is needed is that of this configuration (default:\n"
	"                    " DEFAULT_CONFIG " if it is there, else uproard's defaults)\n"
	"  --device ADDRESS  a PCI device besides, 0000:3b:00.0; several times for several\n"
	"  --unsafe-noiommu  vfio without an IOMMU: the device may write to all memory\n"
	"  --root DIR        check a tree that was collected on another machine below DIR\n"
	"  --json            one JSON object\n"
	"  --help            this text\n"
	"\n"
	"stages:\n\n";

static const char help_tail[] =
	"\n"
	"exit status: 0 all is ready, or undone, 1 there is something to do, 2 wrong usage\n";

enum verb { CHECK, INIT, UNDO };

struct request {
	enum verb verb;
	const char *config, *root;
	const char *devices[HOST_DEVICES_MAX];
	unsigned n_devices;
	bool json, unsafe_noiommu;
	unsigned stages; // bit i: stage i
};

static void print_help(void)
{
	fputs(help_head, stdout);
	for (unsigned i = 0; i < host_n_stages; i++)
		printf("  %-14s%s\n", host_stages[i].name, host_stages[i].what);
	fputs(help_tail, stdout);
}

static int add_device(struct request *r)
{
	if (!pci_is_address(optarg) || r->n_devices == HOST_DEVICES_MAX) {
		complain("--device: '%s' is no PCI address such as 0000:3b:00.0, or there are more "
			 "than %d",
			optarg, HOST_DEVICES_MAX);
		return -EINVAL;
	}
	r->devices[r->n_devices++] = optarg;
	return 0;
}

/* 0, 1 if help was asked for, or -EINVAL. */
static int take_option(struct request *r, int option)
{
	switch (option) {
	case 'h':
		return 1;
	case 'c':
		r->config = optarg;
		return 0;
	case 'd':
		return add_device(r);
	case 'u':
		r->unsafe_noiommu = true;
		return 0;
	case 'r':
		r->root = optarg;
		return 0;
	case 'j':
		r->json = true;
		return 0;
	default:
		return -EINVAL;
	}
}

static int parse_verb(struct request *r, const char *word)
{
	static const char *const verbs[] = {"check", "init", "undo"};

	for (unsigned i = 0; word != NULL && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		r->verb = (enum verb)i;
		if (strcmp(word, verbs[i]) == 0)
			return 0;
	}
	complain("check, init or undo is wanted%s%s; `uproar host --help` shows how",
		word != NULL ? ", not " : "", word != NULL ? word : "");
	return -EINVAL;
}

static int parse_stages(struct request *r, char **words)
{
	for (; *words != NULL; words++) {
		int stage = host_stage_find(*words);

		if (stage < 0) {
			complain("there is no stage '%s'; `uproar host --help` lists them", *words);
			return -EINVAL;
		}
		r->stages |= 1u << stage;
	}
	if (r->stages == 0)
		r->stages = (1u << host_n_stages) - 1;
	return 0;
}

/* In an empty folder nothing would be found to be wrong. */
static int judge_root(const struct request *r)
{
	static const char *const parts[] = {"proc", "sys"};

	for (unsigned i = 0; r->root[0] != '\0' && i < 2; i++) {
		char path[PATH_MAX];
		struct stat st;

		if ((size_t)snprintf(path, sizeof(path), "%s/%s", r->root, parts[i]) <
				sizeof(path) &&
			stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			continue;
		complain("--root: there is no folder %s/%s, so %s is no tree of a machine", r->root,
			parts[i], r->root);
		return -EINVAL;
	}
	return 0;
}

/* 0 to go on, 1 if help was asked for, or -EINVAL. */
static int parse_arguments(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"device", required_argument, NULL, 'd'},
		{"unsafe-noiommu", no_argument, NULL, 'u'},
		{"root", required_argument, NULL, 'r'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option, ret = 0;

	while (ret == 0 && (option = getopt_long(argc, argv, "h", options, NULL)) != -1)
		ret = take_option(r, option);
	if (ret == 0)
		ret = parse_verb(r, argv[optind]);
	if (ret == 0)
		ret = parse_stages(r, argv + optind + 1);
	if (ret == 0 && r->verb != CHECK && r->root[0] != '\0') {
		complain("--root is for check alone: what is done is done to this machine");
		return -EINVAL;
	}
	return ret == 0 ? judge_root(r) : ret;
}

static void on_ran(void *context, const char *command)
{
	const struct request *r = context;

	/* In order with what goes wrong, and apart from JSON. */
	fprintf(r->json ? stderr : stdout, "RUN: %s\n", command);
	fflush(stdout);
}

static void on_failed(void *context, const char *sentence)
{
	(void)context;
	complain("%s", sentence);
}

static int find_needs(struct host_needs *needs, const struct request *r)
{
	const char *config = r->config;

	if (config == NULL && access(DEFAULT_CONFIG, R_OK) == 0)
		config = DEFAULT_CONFIG;
	int ret = host_needs_ask(needs, config);
	for (unsigned i = 0; ret == 0 && i < r->n_devices; i++) {
		struct host_device *d = &needs->devices[needs->n_devices];

		if (needs->n_devices == HOST_DEVICES_MAX) {
			complain("--device: more than %d devices", HOST_DEVICES_MAX);
			return -E2BIG;
		}
		*d = (struct host_device){.kind = HOST_DEVICE_PCI, .queues = 1};
		/* The kernel writes them in lower case. */
		for (unsigned at = 0; r->devices[i][at] != '\0'; at++)
			d->device[at] = (char)tolower((unsigned char)r->devices[i][at]);
		needs->n_devices++;
	}
	return ret;
}

/* Who only looks needs no lock: the file is replaced as a whole. */
static int lock_deeds(const struct request *r, const struct host *h)
{
	int ret = r->verb == CHECK ? 0 : deeds_lock(h);

	if (ret == -EBUSY)
		complain("another `uproar host` is at work: wait until it is done");
	else if (ret < 0)
		complain("%s: %s", HOST_LOCK_FILE, strerror(-ret));
	return ret;
}

static int open_deeds(struct host *h)
{
	int ret = deeds_load(h);

	if (ret < 0)
		complain("%s cannot be read: %s; it says what init did, and without it nothing is "
			 "undone",
			HOST_STATE_FILE, ret == -EBADMSG ? "it is not ours" : strerror(-ret));
	return ret;
}

static int report(const struct request *r, const struct host_report_stage *stages, unsigned n)
{
	(r->json ? host_report_json : host_report_print)(stdout, stages, n);
	return fflush(stdout) == 0 && host_report_open(stages, n) == 0 ? EXIT_OK : EXIT_FAILED;
}

static int check_or_init(const struct request *r, struct host *h)
{
	static struct host_report_stage stages[32];
	bool failed = false;
	unsigned n = 0;

	for (unsigned i = 0; i < host_n_stages; i++) {
		if ((r->stages >> i & 1) == 0)
			continue;
		stages[n].stage = i;
		if (r->verb == INIT)
			failed |= host_init(h, i, &stages[n].finding) < 0;
		n++;
	}
	/* All of them again: what was done for one may have changed what another finds. */
	for (unsigned i = 0; i < n; i++)
		host_check(h, stages[i].stage, &stages[i].finding);
	int status = report(r, stages, n);
	return failed ? EXIT_FAILED : status;
}

static int undo(const struct request *r, struct host *h)
{
	size_t before = h->deeds.n;
	int ret = host_undo(h, r->stages);

	if (before == 0 && !r->json)
		puts("There is nothing to undo.");
	if (r->json)
		printf("{\"undone\":%zu,\"left\":%zu}\n", before - h->deeds.n, h->deeds.n);
	return fflush(stdout) == 0 && ret == 0 ? EXIT_OK : EXIT_FAILED;
}

static int go(const struct request *r)
{
	struct host_needs needs = {0};
	struct host h = {
		.root = r->root,
		.needs = &needs,
		.kernel = &host_kernel_linux,
		.ssh_connection = getenv("SSH_CONNECTION"),
		.unsafe_noiommu = r->unsafe_noiommu,
		.ran = on_ran,
		.failed = on_failed,
		.context = (void *)r,
	};

	if (r->verb != CHECK && geteuid() != 0) {
		complain("%s takes root", r->verb == INIT ? "init" : "undo");
		return EXIT_FAILED;
	}
	if (lock_deeds(r, &h) < 0)
		return EXIT_FAILED;
	/* Who only looks can do without. */
	if (open_deeds(&h) < 0 && r->verb != CHECK)
		return EXIT_FAILED;
	int status = EXIT_USAGE;
	if (r->verb == UNDO)
		status = undo(r, &h);
	else if (find_needs(&needs, r) == 0)
		status = check_or_init(r, &h);
	deeds_free(&h.deeds);
	return status;
}

int command_host(int argc, char **argv)
{
	struct request r = {.root = ""};
	int ret = parse_arguments(argc, argv, &r);

	if (ret > 0) {
		print_help();
		return EXIT_OK;
	}
	return ret < 0 ? EXIT_USAGE : go(&r);
}

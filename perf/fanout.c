/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * `./dev bench fanout`: what it takes to bring one frame to very many subscribers, by the fan-out,
 * by rivals and by a bare send() loop, in one run. docs/performance.md says how to read it.
 *
 * The work is done by a child, and its servers and subscribers are children of it that die with it:
 * so whatever happens, this process only has to remove a folder.
 */

#include "perf/fanout/trial.h"

#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZES_MAX = 8, DESCRIPTORS_SPARED = 1000, FOLDER_MAX = 96 };

static const char usage[] =
	"usage: fanout [--json | --markdown] [--svg FILE] [--quick] [--subscribers N[,N...]]\n"
	"              [--repetitions N] [--only NAME]\n"
	"NAME: how names of rows begin, besides the send() loop: 'uproar ', 'uproard', "
	"'mosquitto'\n";

struct options {
	bool json, markdown, quick;
	const char *svg, *only;
	unsigned repetitions; // 0: as it comes
	unsigned n_sizes;
	unsigned sizes[SIZES_MAX];
};

static bool parse_sizes(struct options *o, char *words)
{
	char *rest;

	for (char *w = strtok_r(words, ",", &rest); w != NULL; w = strtok_r(NULL, ",", &rest)) {
		unsigned long n = strtoul(w, NULL, 10);

		if (n < 20 || n > 1000000 || o->n_sizes == SIZES_MAX)
			return false;
		o->sizes[o->n_sizes++] = (unsigned)n;
	}
	return o->n_sizes > 0;
}

static bool is_name(const char *name)
{
	for (unsigned i = 1; i < n_contestants; i++) {
		if (trial_takes(name, contestants[i].name))
			return true;
	}
	return trial_takes(name, APPLIANCE_NAME);
}

static bool parse(struct options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		bool more = i + 1 < argc;

		if (strcmp(argv[i], "--json") == 0)
			o->json = true;
		else if (strcmp(argv[i], "--markdown") == 0)
			o->markdown = true;
		else if (strcmp(argv[i], "--quick") == 0)
			o->quick = true;
		else if (strcmp(argv[i], "--svg") == 0 && more)
			o->svg = argv[++i];
		else if (strcmp(argv[i], "--only") == 0 && more && is_name(argv[i + 1]))
			o->only = argv[++i];
		else if (strcmp(argv[i], "--repetitions") == 0 && more && atoi(argv[i + 1]) > 0)
			o->repetitions = (unsigned)atoi(argv[++i]);
		else if (!(strcmp(argv[i], "--subscribers") == 0 && more &&
				 parse_sizes(o, argv[++i])))
			return false;
	}
	return true;
}

/* The most that a server of one process can hold here. */
static unsigned most_subscribers(void)
{
	struct rlimit limit = {0};

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > 2 * DESCRIPTORS_SPARED
		       ? (unsigned)limit.rlim_cur - DESCRIPTORS_SPARED
		       : DESCRIPTORS_SPARED;
}

static void choose_sizes(struct options *o)
{
	static const unsigned usual[] = {1000, 5000, 10000, 19000};
	unsigned most = most_subscribers(), n = 0;

	if (o->n_sizes == 0) {
		o->n_sizes = o->quick ? 1 : 4;
		memcpy(o->sizes, usual, sizeof(usual));
	}
	for (unsigned i = 0; i < o->n_sizes; i++) {
		if (o->sizes[i] <= most)
			o->sizes[n++] = o->sizes[i];
		else
			fprintf(stderr,
				"%u subscribers are more than `ulimit -Hn` allows: left out\n",
				o->sizes[i]);
	}
	o->n_sizes = n;
}

static bool choose_cpus(struct runner_cpus *out, unsigned *n)
{
	cpu_set_t allowed, one;

	*n = 0;
	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		return false;
	for (unsigned i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &allowed))
			continue;
		if ((*n)++ == 0)
			out->server = i;
		out->clients = i;
	}
	CPU_ZERO(&one);
	CPU_SET(out->clients, &one);
	return *n > 1 && sched_setaffinity(0, sizeof(one), &one) == 0;
}

static bool run_size(struct fanout_report *report, struct trial_plan *plan, const struct options *o)
{
	unsigned repetitions = o->repetitions > 0 ? o->repetitions : o->quick ? 1 : 3;
	bool appliance = trial_takes(o->only, APPLIANCE_NAME);

	for (unsigned i = 0; i < repetitions; i++) {
		if (!trial_run(report, plan))
			return false;
		if (appliance)
			appliance_run(report, plan, 100);
		if (appliance && !o->quick)
			appliance_run(report, plan, 2000);
	}
	if (!report->quiet)
		fanout_table(report, plan->subscribers);
	return true;
}

static int work(const struct options *o, const char *folder)
{
	static struct fanout_report report;
	struct trial_plan plan = {
		.turns = o->quick ? 2 : 5,
		.turn_seconds = o->quick ? 0.05 : 0.5,
		.paused_frames = o->quick ? 0 : 4,
		.filling_seconds = o->quick ? 0 : 3,
		.stalled_turns = o->quick ? 1 : 3,
		.only = o->only,
		.folder = folder,
	};
	bool good = true;

	report.quick = o->quick;
	report.quiet = o->json;
	report.markdown = o->markdown;
	if (!choose_cpus(&plan.cpus, &report.machine.cpus)) {
		fprintf(stderr,
			"there is one CPU for this process; the subscribers need another\n");
		return 1;
	}
	machine_look(&report.machine);
	if (!report.quiet)
		fanout_table_heading(&report);
	for (unsigned i = 0; i < o->n_sizes && good; i++) {
		plan.subscribers = o->sizes[i];
		good = run_size(&report, &plan, o);
	}
	if (good && o->json)
		fanout_json(&report);
	if (good && o->svg != NULL)
		good = fanout_plot(&report, o->svg) == 0;
	return good ? 0 : 1;
}

static void name_folder(char out[FOLDER_MAX])
{
	const char *above = getenv("TMPDIR");

	if (above == NULL || strlen(above) > FOLDER_MAX / 2)
		above = "/tmp";
	snprintf(out, FOLDER_MAX, "%s/fanout-bench-XXXXXX", above);
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *w)
{
	return remove(path);
}

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	interrupted = number;
}

/* Until the child has ended; a signal kills it, and everything with it. */
static int await(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
		if (interrupted)
			kill(child, SIGKILL);
	}
	if (interrupted)
		return 128 + interrupted;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void catch_signals(void (*handler)(int number))
{
	const struct sigaction action = {.sa_handler = handler};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

int main(int argc, char **argv)
{
	char folder[FOLDER_MAX];
	struct options o = {0};

	if (!parse(&o, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	choose_sizes(&o);
	name_folder(folder);
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	catch_signals(on_signal);
	pid_t parent = getpid(), child = fork();
	if (child == 0) {
		catch_signals(SIG_DFL);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
			_exit(126);
		signal(SIGPIPE, SIG_IGN);
		exit(work(&o, folder));
	}
	int status = child < 0 ? 1 : await(child);
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return status;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What counting costs: the functions that the appliance runs, against touching the same frames and
 * against rivals, all in one run. docs/performance.md says how to read the figures.
 */

#include "perf/bench.h"
#include "perf/frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(struct bench *b);
} groups[] = {
	{"recycled", recycled_run},
	{"workers", workers_run},
	{"memif", memif_run},
	{"xdp", xdp_run},
	{"recvmmsg", recvmmsg_run},
};
enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };

static const char usage[] =
	"usage: dataplane [--json] [--svg FILE] [--quick] [--only GROUP | --device DEVICE]\n"
	"       dataplane --pcap FILE\n"
	"GROUP: recycled, workers, memif, xdp or recvmmsg\n"
	"DEVICE: a PCI address or a DPDK device, which receives what --pcap writes\n";

struct options {
	bool json, quick;
	const char *svg, *only, *device, *pcap;
};

static bool is_group(const char *name)
{
	for (unsigned i = 0; i < GROUPS; i++) {
		if (strcmp(groups[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool parse(struct options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			o->json = true;
		else if (strcmp(argv[i], "--quick") == 0)
			o->quick = true;
		else if (strcmp(argv[i], "--svg") == 0 && i + 1 < argc)
			o->svg = argv[++i];
		else if (strcmp(argv[i], "--device") == 0 && i + 1 < argc)
			o->device = argv[++i];
		else if (strcmp(argv[i], "--pcap") == 0 && i + 1 < argc)
			o->pcap = argv[++i];
		else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc && is_group(argv[i + 1]))
			o->only = argv[++i];
		else
			return false;
	}
	return o->only == NULL || o->device == NULL;
}

static int run(struct bench *b, const char *only)
{
	int ret = 0;

	if (b->device != NULL)
		return device_run(b);
	for (unsigned i = 0; ret == 0 && i < GROUPS; i++) {
		if (only == NULL || strcmp(groups[i].name, only) == 0)
			ret = groups[i].run(b);
	}
	return ret;
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct options o = {0};

	if (!parse(&o, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	if (o.pcap != NULL)
		return frames_write_pcap(o.pcap) == 0 ? 0 : 1;
	b.device = o.device;
	b.quick = b.report.quick = o.quick;
	b.report.quiet = o.json;
	if (eal_begin(&b.cpus, o.device) < 0)
		return 1;
	b.report.machine.cpus = b.cpus.n;
	machine_look(&b.report.machine);
	if (!o.json)
		table_heading(&b.report);
	int ret = run(&b, o.only);
	if (ret == 0 && o.json)
		json_print(&b.report);
	else if (ret == 0 && o.only == NULL && o.device == NULL)
		table_side_by_side(&b.report);
	if (ret == 0 && o.svg != NULL)
		ret = plot_write(&b.report, o.svg);
	eal_end();
	return ret == 0 ? 0 : 1;
}

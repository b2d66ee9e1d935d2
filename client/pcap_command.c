/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar pcap`: a capture file of reactions, for programs that send such files. */

#include "client/command.h"
#include "client/complain.h"
#include "client/option.h"
#include "client/pcap_report.h"
#include "client/traffic/capture.h"
#include "client/traffic/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help_before[] =
	"usage: uproar pcap [OPTION…] -o FILE\n"
	"\n"
	"Writes a capture file of reaction datagrams, for TRex, pktgen-dpdk, tcpreplay and the "
	"like,\n"
	"and says on standard error what is in it and what an appliance must count of it. The "
	"same\n"
	"options make the same file, byte for byte. Sent once and in order everything counts; "
	"sent\n"
	"again it is duplicates.\n"
	"\n"
	"  -o, --output FILE    where to; - is standard output\n"
	"  --frames N           (default 100000)\n"
	"  --seconds N          in place of it, as many as take so long at the rate\n"
	"  --rate N             frames a second by the times in the file, up to 1000000000\n"
	"                       (default 1000000)\n"
	"  --nanoseconds        times to the nanosecond, which not every program reads\n"
	"  --first-frame N      begins with frame N, to go on where another file ended (default "
	"0)\n"
	"  --json               one JSON object in place of the table\n";

static const char help_after[] = "  --help               this text\n"
				 "\n"
				 "exit status: 0 written, 1 failed, 2 wrong usage\n";

enum { SECONDS_MAX = 1000000, BUFFER = 1 << 20 };

#define RATE_MAX 1000000000ull
#define FRAMES_MAX (UINT64_MAX / 4)

struct request {
	struct traffic_options traffic;
	const char *file;
	uint64_t frames, seconds, rate, first; // frames, seconds: 0 for what was not said
	bool nanoseconds, json;
};

static int set_option(int option, struct request *r)
{
	switch (option) {
	case 'o':
		r->file = optarg;
		return 0;
	case 'f':
		return option_number("frames", 1, FRAMES_MAX, &r->frames);
	case 's':
		return option_number("seconds", 1, SECONDS_MAX, &r->seconds);
	case 'r':
		return option_number("rate", 1, RATE_MAX, &r->rate);
	case 'b':
		return option_number("first-frame", 0, FRAMES_MAX, &r->first);
	case 'n':
		r->nanoseconds = true;
		return 0;
	case 'j':
		r->json = true;
		return 0;
	default:
		return traffic_option(option, &r->traffic);
	}
}

/* What the options say together. 0, or -EINVAL after a complaint. */
static int complete(struct request *r)
{
	if (r->file == NULL) {
		complain("-o FILE says where to; - is standard output");
		return -EINVAL;
	}
	if (r->frames != 0 && r->seconds != 0) {
		complain("--frames and --seconds exclude each other");
		return -EINVAL;
	}
	if (r->seconds != 0)
		r->frames = r->seconds * r->rate;
	else if (r->frames == 0)
		r->frames = 100000;
	return traffic_options_end(&r->traffic);
}

/* 0, 1 if help was asked for, or -EINVAL after a complaint. */
static int read_options(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		TRAFFIC_LONG_OPTIONS,
		{"output", required_argument, NULL, 'o'},
		{"frames", required_argument, NULL, 'f'},
		{"seconds", required_argument, NULL, 's'},
		{"rate", required_argument, NULL, 'r'},
		{"first-frame", required_argument, NULL, 'b'},
		{"nanoseconds", no_argument, NULL, 'n'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option;

	*r = (struct request){.rate = 1000000};
	traffic_options_default(&r->traffic);
	while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		if (option == 'h')
			return 1;
		if (set_option(option, r) < 0)
			return -EINVAL;
	}
	if (optind < argc) {
		complain("'%s' is too much", argv[optind]);
		return -EINVAL;
	}
	return complete(r);
}

static uint64_t time_of(uint64_t frame, uint64_t rate)
{
	return (uint64_t)((unsigned __int128)frame * 1000000000 / rate);
}

static int write_frames(const struct request *r, const struct traffic *t, struct capture *c,
	struct pcap_report *report)
{
	uint8_t frame[TRAFFIC_FRAME_MAX];
	struct traffic_kind kind;
	int ret = 0;

	for (uint64_t i = 0; i < r->frames && ret == 0; i++) {
		uint32_t len = traffic_frame(t, r->first + i, frame, &kind);

		traffic_tally_add(&report->tally, &kind, len);
		if (kind.refusal == REFUSED_none)
			report->channel_taps[kind.channel] += kind.taps;
		ret = capture_put(c, time_of(i, r->rate), frame, len);
	}
	return ret;
}

static int write_file(
	const struct request *r, const struct traffic *t, FILE *to, struct pcap_report *report)
{
	struct capture c;

	setvbuf(to, NULL, _IOFBF, BUFFER);
	int ret = capture_begin(&c, to, r->nanoseconds);
	if (ret < 0)
		return ret;
	ret = write_frames(r, t, &c, report);
	int end = capture_end(&c);
	return ret < 0 ? ret : end;
}

static void print_report(const struct request *r, const struct pcap_report *report)
{
	if (r->json)
		pcap_report_print_json(stderr, report);
	else
		pcap_report_print(stderr, report);
}

static int make_file(const struct request *r, const struct traffic *t)
{
	bool standard = strcmp(r->file, "-") == 0;
	FILE *to = standard ? stdout : fopen(r->file, "we");
	struct pcap_report *report = calloc(1, sizeof(*report));
	int ret = to != NULL && report != NULL ? 0 : -errno;

	if (ret == 0) {
		report->file = standard ? "standard output" : r->file;
		report->spec = &t->spec;
		report->first = r->first;
		report->rate = r->rate;
		ret = write_file(r, t, to, report);
	}
	if (ret == 0)
		print_report(r, report);
	else
		complain("%s cannot be written: %s", r->file, strerror(-ret));
	free(report);
	return ret == 0 ? EXIT_OK : EXIT_FAILED;
}

/* Does each session have a number for each of its datagrams? */
static bool in_sequence(const struct request *r, const struct traffic *t)
{
	if (r->first + r->frames <= traffic_frames_max(t))
		return true;
	complain("sequence numbers end before frame %" PRIu64 ": take fewer frames or more "
		 "--sessions",
		r->first + r->frames);
	return false;
}

int command_pcap(int argc, char **argv)
{
	static struct traffic traffic;
	struct request request;
	char error[160];
	int ret = read_options(argc, argv, &request);

	if (ret > 0) {
		printf("%s%s%s", help_before, traffic_options_help, help_after);
		return EXIT_OK;
	}
	if (ret < 0)
		return EXIT_USAGE;
	if (strcmp(request.file, "-") == 0 && isatty(STDOUT_FILENO)) {
		complain("a capture file is nothing for a terminal: -o FILE");
		return EXIT_USAGE;
	}
	ret = traffic_init(&traffic, &request.traffic.spec, error, sizeof(error));
	if (ret < 0) {
		complain("%s", error);
		return ret == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	}
	int status = in_sequence(&request, &traffic) ? make_file(&request, &traffic) : EXIT_USAGE;
	traffic_free(&traffic);
	return status;
}

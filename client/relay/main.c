/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * `uproar-relay`: where the appliance cannot take datagrams from `lo` itself, this owns the UDP
 * port and hands each datagram on through a DPDK device. A crowd can run in it.
 */

#include "client/clock.h"
#include "client/command.h"
#include "client/complain.h"
#include "client/crowd/crowd.h"
#include "client/crowd/signals.h"
#include "client/option.h"
#include "client/relay/device_sink.h"
#include "client/relay/relay.h"
#include "client/relay/tap_queue.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINK_SECONDS = 15 };

static const char help[] =
	"usage: uproar-relay --device DEVICE [--port N] [--verbose] [-- [CROWD OPTION…]]\n"
	"\n"
	"Owns a UDP port of 127.0.0.1 and ::1 and hands each datagram that comes there on to an\n"
	"appliance, as a frame through a DPDK device. With `--` a simulated crowd runs inside, its "
	"taps\n"
	"going to the device without a socket that could lose them, and the relay ends with it.\n"
	"\n"
	"  --device DEVICE  net_memif0,role=client,id=0,socket=/PATH,socket-abstract=no\n"
	"                                              (the appliance is the server)\n"
	"                   net_af_packet0,iface=TAP   (the appliance has net_tap)\n"
	"  --port N         the UDP port (default 7700)\n"
	"  --verbose        what DPDK says, and at the end what was relayed\n"
	"  --help           this text\n"
	"  --version        the version\n"
	"\n"
	"crowd options, behind `--` (--to is the relay's own port there):\n";

struct settings {
	const char *device;
	uint16_t port;
	bool verbose, crowd;
	struct crowd_options crowd_options;
};

static void print_help(void)
{
	printf("%s%s\nexit status: that of the crowd; without one 0 after SIGINT or SIGTERM, 1 "
	       "failed,\n"
	       "2 wrong usage\n",
		help, crowd_options_help);
}

static int parse_option(int option, struct settings *s)
{
	uint64_t port;

	switch (option) {
	case 'd':
		s->device = optarg;
		return 0;
	case 'p':
		if (option_number("port", 1, 65535, &port) < 0)
			return -EINVAL;
		s->port = (uint16_t)port;
		return 0;
	case 'v':
		s->verbose = true;
		return 0;
	case 'V':
		printf("uproar-relay %s\n", UPROAR_VERSION);
		return 1;
	case 'h':
		print_help();
		return 1;
	default:
		return -EINVAL;
	}
}

/* 0 to go on, 1 if all is said, or -EINVAL. */
static int parse_arguments(int argc, char **argv, struct settings *s)
{
	static const struct option options[] = {
		{"device", required_argument, NULL, 'd'},
		{"port", required_argument, NULL, 'p'},
		{"verbose", no_argument, NULL, 'v'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option, ret = 0;

	while (ret == 0 && (option = getopt_long(argc, argv, "+h", options, NULL)) != -1)
		ret = parse_option(option, s);
	if (ret != 0)
		return ret;
	s->crowd = optind > 1 && strcmp(argv[optind - 1], "--") == 0;
	if (s->device == NULL || (!s->crowd && optind < argc)) {
		complain("wrong usage; `uproar-relay --help` shows how");
		return -EINVAL;
	}
	if (!s->crowd)
		return 0;
	argv[optind - 1] = argv[0]; // in place of the `--`, for getopt's own words
	ret = crowd_options_parse(argc - optind + 1, argv + optind - 1, &s->crowd_options);
	if (ret > 0)
		print_help();
	s->crowd_options.to = (struct endpoint){.host = "127.0.0.1", .port = s->port};
	return ret;
}

static int run_crowd(const struct settings *s, struct device *device, uint64_t *relayed)
{
	struct device_sink sink = {.device = device, .port = s->port};
	int status = crowd_run(&s->crowd_options, device_sink(&sink));

	*relayed = sink.relayed;
	return status;
}

static void await_signal(int signals)
{
	struct pollfd p = {.fd = signals, .events = POLLIN};

	while (signals_take(signals) == 0)
		poll(&p, 1, -1);
}

static void print_closing(const struct relay *r, uint64_t from_crowd)
{
	fprintf(stderr,
		"relayed %" PRIu64 " from the port and %" PRIu64 " of the crowd, answered %" PRIu64
		", dropped: too long %" PRIu64 ", no room in the kernel %" PRIu64 "\n",
		r->relayed, from_crowd, r->answered, r->too_long,
		(uint64_t)r->ports[0].overflowed + r->ports[1].overflowed);
}

static int run(const struct settings *s, struct device *device, int signals)
{
	struct relay relay;
	uint64_t from_crowd = 0;
	int status = EXIT_OK;
	int ret = device_await_link(device, clock_now() + LINK_SECONDS * CLOCK_SECOND, signals);

	if (ret < 0)
		return EXIT_FAILED;
	if (relay_start(&relay, device, s->port) < 0)
		return EXIT_FAILED;
	if (s->crowd)
		status = run_crowd(s, device, &from_crowd);
	else
		await_signal(signals);
	if (relay_stop(&relay) < 0)
		status = EXIT_FAILED;
	if (s->verbose)
		print_closing(&relay, from_crowd);
	return status;
}

int main(int argc, char **argv)
{
	struct settings s = {.port = WIRE_PORT_REACTIONS};
	struct device device;
	int status = EXIT_FAILED;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	int ret = parse_arguments(argc, argv, &s);
	if (ret != 0)
		return ret > 0 ? EXIT_OK : EXIT_USAGE;
	int signals = signals_open(); // before EAL starts threads
	if (signals < 0) {
		complain("signals cannot be taken: %s", strerror(-signals));
		return EXIT_FAILED;
	}
	tap_queue_lengthen(s.device);
	if (device_open(&device, s.device, s.verbose) == 0) {
		status = run(&s, &device, signals);
		device_close(&device);
	}
	close(signals);
	return status;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar watch`: the mood of channels, a line for each window. */

#include "client/catalogue.h"
#include "client/channel_span.h"
#include "client/clock.h"
#include "client/command.h"
#include "client/complain.h"
#include "client/mood_line.h"
#include "client/number.h"
#include "client/option.h"
#include "client/session.h"
#include "client/subscription.h"
#include "client/watch_udp.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"usage: uproar watch [--udp [--session HEX --ticket HEX]] [--from HOST:PORT] [--http "
	"HOST:PORT]\n"
	"                    [--json] [--windows N] [--once] CHANNEL…\n"
	"\n"
	"Subscribes over TCP and prints a line for each window of each channel. A lost connection "
	"is\n"
	"tried again, with growing pauses. A CHANNEL may be a list, 1,2,5 or 0-9.\n"
	"\n"
	"  --udp             ask for the newest frame by UDP, once a second or as seldom as the "
	"appliance\n"
	"                    wants; of several channels in turn\n"
	"  --session HEX     with --udp: 14 digits (default: another one each time)\n"
	"  --ticket HEX      with --udp: 32 digits, for channels that want tickets\n"
	"  --from HOST:PORT  where the appliance is (default 127.0.0.1:7701, with --udp "
	"[::1]:7700)\n"
	"  --http HOST:PORT  where its catalogue is, for names and emoji (default: the same host, "
	"port\n"
	"                    7780; without it reactions are shown as #ID)\n"
	"  --json            the appliance's own JSON, a line for each frame\n"
	"  --windows N       end after N frames of each channel\n"
	"  --once            end when the connection does; with --udp when three questions in a "
	"row\n"
	"                    were not answered\n"
	"  --help            this text\n"
	"\n"
	"exit status: 0 done, 1 refused, or the connection was lost with --once, 2 wrong usage\n";

struct watch {
	struct endpoint from, http;
	bool json, once, labelled, udp;
	uint64_t session;
	bool has_ticket;
	uint8_t ticket[WIRE_TICKET_LEN];
	uint64_t windows; // 0: for ever
	unsigned n;
	uint16_t channels[WIRE_CHANNELS_MAX];
	bool named[WIRE_CHANNELS_MAX]; // is it among them?
	uint64_t left;                 // frames until the end
	struct catalogue catalogue;
	struct subscription subscription;
};

static int parse_option(int option, struct watch *w)
{
	switch (option) {
	case 'f':
		return option_endpoint("from", 0, &w->from);
	case 'p':
		return option_endpoint("http", WIRE_PORT_HTTP, &w->http);
	case 'j':
		w->json = true;
		return 0;
	case 'o':
		w->once = true;
		return 0;
	case 'u':
		w->udp = true;
		return 0;
	case 's':
		return option_session(&w->session);
	case 'k':
		w->has_ticket = true;
		return option_ticket(w->ticket);
	case 'w':
		return option_number("windows", 1, UINT32_MAX, &w->windows);
	default:
		return -EINVAL;
	}
}

static void add_channels(struct watch *w, struct channel_span span)
{
	for (unsigned channel = span.first; channel <= span.last; channel++) {
		if (!w->named[channel])
			w->channels[w->n++] = (uint16_t)channel;
		w->named[channel] = true;
	}
}

static int parse_channels(int n, char **words, struct watch *w)
{
	struct channel_span span;

	if (n == 0) {
		complain("no channel was named; `uproar watch --help` shows how");
		return -EINVAL;
	}
	for (int i = 0; i < n; i++) {
		const char *rest = words[i];
		int ret;

		while ((ret = channel_span_next(&rest, &span)) == 1)
			add_channels(w, span);
		if (ret < 0 || words[i][0] == '\0') {
			complain("'%s' is no channel; write 1, 1,2,5 or 0-9, with numbers from 0 "
				 "to %d",
				words[i], WIRE_CHANNEL_NONE - 1);
			return -EINVAL;
		}
	}
	return 0;
}

/*
 * What was not said. Answers come over ::1 on any machine; over 127.0.0.1 its kernel drops them, if
 * the appliance sends them on lo.
 */
static void fill_in(struct watch *w)
{
	if (w->from.host[0] == '\0')
		snprintf(w->from.host, sizeof(w->from.host), "%s", w->udp ? "::1" : "127.0.0.1");
	if (w->from.port == 0)
		w->from.port = w->udp ? WIRE_PORT_REACTIONS : WIRE_PORT_TCP;
	if (w->http.port == 0) {
		w->http = w->from;
		w->http.port = WIRE_PORT_HTTP;
	}
}

static int check_ticket(const struct watch *w)
{
	if (!w->udp && (w->has_ticket || w->session != 0)) {
		complain("--session and --ticket are for --udp");
		return -EINVAL;
	}
	if (w->has_ticket && w->session == 0) {
		complain("--ticket: a ticket is good for one session; name it with --session");
		return -EINVAL;
	}
	return 0;
}

/* 0 to go on, 1 if help was asked for, or -EINVAL. */
static int parse_arguments(int argc, char **argv, struct watch *w)
{
	static const struct option options[] = {
		{"from", required_argument, NULL, 'f'},
		{"http", required_argument, NULL, 'p'},
		{"json", no_argument, NULL, 'j'},
		{"windows", required_argument, NULL, 'w'},
		{"once", no_argument, NULL, 'o'},
		{"udp", no_argument, NULL, 'u'},
		{"session", required_argument, NULL, 's'},
		{"ticket", required_argument, NULL, 'k'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return 1;
		if (parse_option(option, w) < 0)
			return -EINVAL;
	}
	fill_in(w);
	if (check_ticket(w) < 0)
		return -EINVAL;
	return parse_channels(argc - optind, argv + optind, w);
}

/* A message: 1 when it was the last that is wanted. */
static int show(void *ctx, const uint8_t *message, size_t len)
{
	struct watch *w = ctx;
	struct frame f;

	if (w->json) {
		fwrite(message, 1, len, stdout);
		putchar('\n');
	} else if (frame_decode(message, len, &f) == 0) {
		mood_print_frame(stdout, w->labelled ? &w->catalogue : NULL, &f);
	} else {
		complain("a message of %zu bytes is no frame of version %d", len, WIRE_VERSION);
		return -EPROTO;
	}
	if (fflush(stdout) != 0)
		return -errno;
	if (w->windows > 0 && --w->left == 0)
		return -ECANCELED;
	return 0;
}

/* Says so once for each row of failed attempts. */
static void say_lost(const struct watch *w)
{
	char where[ENDPOINT_TEXT_MAX];
	int error = w->subscription.error;

	if (w->subscription.attempts > 1)
		return;
	complain("no connection to %s (%s)%s", endpoint_write(&w->from, where),
		error == 0 ? "it was closed" : endpoint_why(error),
		w->once ? "" : "; trying again");
}

static int follow(struct watch *w)
{
	int ret = 0;

	while (ret >= 0) {
		struct pollfd p = subscription_poll(&w->subscription);

		if (poll(&p, 1, subscription_timeout(&w->subscription)) < 0 && errno != EINTR)
			return -errno;
		ret = subscription_turn(&w->subscription, p.fd < 0 ? 0 : p.revents, show, w);
		if (ret == 1)
			say_lost(w);
		if (ret == 1 && w->once)
			return -ECONNRESET;
	}
	return ret;
}

static int conclude(const struct watch *w, int ret)
{
	char where[ENDPOINT_TEXT_MAX];

	if (ret == -ECANCELED)
		return EXIT_OK;
	if (ret == -EPERM)
		complain(
			"%s refuses: %s", endpoint_write(&w->from, where), w->subscription.refusal);
	return EXIT_FAILED;
}

/* Names and emoji; JSON over TCP has them. */
static void fetch_labels(struct watch *w)
{
	char why[CATALOGUE_WHY_MAX];

	if (!w->json || w->udp)
		w->labelled = catalogue_fetch(&w->http, clock_now() + CLOCK_SECOND, &w->catalogue,
				      why) == 0;
}

static int watch_by_udp(struct watch *w)
{
	fetch_labels(w);
	const struct watch_udp u = {
		.from = w->from,
		.session = w->session != 0 ? w->session : session_random(),
		.ticket = w->has_ticket ? w->ticket : NULL,
		.channels = w->channels,
		.n = w->n,
		.json = w->json,
		.once = w->once,
		.windows = w->windows,
		.catalogue = w->labelled ? &w->catalogue : NULL,
	};

	return watch_udp(&u);
}

static int watch_by_tcp(struct watch *w)
{
	w->left = w->windows * w->n;
	if (subscription_init(&w->subscription, &w->from, w->channels, w->n, w->json) < 0) {
		complain("too many channels: the request would be longer than %d bytes",
			SUBSCRIPTION_LINE_MAX);
		return EXIT_USAGE;
	}
	fetch_labels(w);
	int ret = conclude(w, follow(w));
	subscription_close(&w->subscription);
	return ret;
}

int command_watch(int argc, char **argv)
{
	static struct watch w;
	int ret = parse_arguments(argc, argv, &w);

	if (ret > 0) {
		fputs(help, stdout);
		return EXIT_OK;
	}
	if (ret < 0)
		return EXIT_USAGE;
	ret = w.udp ? watch_by_udp(&w) : watch_by_tcp(&w);
	catalogue_free(&w.catalogue);
	return ret;
}

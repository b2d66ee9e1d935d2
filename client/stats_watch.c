/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/stats_watch.h"

#include "client/clock.h"
#include "client/command.h"
#include "client/complain.h"
#include "client/control_call.h"
#include "client/crowd/signals.h"
#include "client/stats_screen.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PERIOD CLOCK_SECOND
#define PATIENCE (5 * CLOCK_SECOND)

struct watching {
	const char *socket_path;
	bool json;
	int signals;
	bool keys; // the terminal hands over keys as they are pressed
	struct termios as_it_was;
	struct stats_samples samples;
	struct screen screen;
};

/* Keys come at once and are not shown; Ctrl-C goes on being a signal. */
static void take_keys(struct watching *w)
{
	struct termios now;

	w->keys = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &w->as_it_was) == 0;
	if (!w->keys)
		return;
	now = w->as_it_was;
	now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &now);
}

static void give_keys_back(bool taken, const struct termios *as_it_was)
{
	if (taken)
		tcsetattr(STDIN_FILENO, TCSANOW, as_it_was);
}

static bool is_end(struct watching *w)
{
	char key;

	if (read(STDIN_FILENO, &key, 1) == 1)
		return key == 'q' || key == 'Q';
	w->keys = false; // the terminal has gone
	return false;
}

/* Waits for the next question. True: it is the end. */
static bool pause_until(struct watching *w, uint64_t deadline)
{
	while (clock_now() < deadline) {
		struct pollfd fds[] = {{.fd = w->signals, .events = POLLIN},
			{.fd = w->keys ? STDIN_FILENO : -1, .events = POLLIN}};

		if (poll(fds, 2, clock_left_ms(deadline)) < 0 && errno != EINTR)
			return true;
		if (fds[0].revents != 0 && signals_take(w->signals) > 0)
			return true;
		if (fds[1].revents != 0 && is_end(w))
			return true;
	}
	return false;
}

/* 0, or -errno if there was no answer that can be shown. */
static int ask(struct watching *w)
{
	char *answer = NULL;
	size_t len;
	int ret = control_call(w->socket_path, "stats", clock_now() + PATIENCE, &answer, &len);

	if (ret == 0 && !stats_samples_take(&w->samples, answer, len, clock_now()))
		ret = -EPROTO;
	if (ret == 0 && w->json) {
		fputs(answer, stdout);
		fflush(stdout);
	}
	free(answer);
	return ret;
}

static void show(struct watching *w, int ret)
{
	char trouble[96] = "";

	if (w->json)
		return;
	if (ret < 0)
		snprintf(trouble, sizeof(trouble), "no answer: %s", strerror(-ret));
	stats_screen_draw(&w->screen, &w->samples, trouble);
}

static int watch(struct watching *w)
{
	uint64_t next = clock_now();
	int ret = ask(w);

	if (ret < 0) {
		complain("no answer at %s: %s%s", w->socket_path, strerror(-ret),
			ret == -ENOENT || ret == -ECONNREFUSED ? "; is uproard running?" : "");
		return EXIT_FAILED;
	}
	for (;;) {
		show(w, ret);
		if (ferror(stdout))
			return EXIT_FAILED;
		next = next + PERIOD > clock_now() ? next + PERIOD : clock_now() + PERIOD;
		if (pause_until(w, next))
			return EXIT_OK;
		ret = ask(w);
	}
}

int stats_watch(const char *socket_path, bool json)
{
	static struct watching w;

	if (!json && !screen_possible(STDOUT_FILENO)) {
		complain("--watch draws on a terminal, and this is none; --watch --json writes a "
			 "line a second");
		return EXIT_USAGE;
	}
	w = (struct watching){.socket_path = socket_path, .json = json, .signals = signals_open()};
	if (w.signals < 0) {
		complain("signals cannot be waited for: %s", strerror(-w.signals));
		return EXIT_FAILED;
	}
	screen_init(&w.screen, STDOUT_FILENO);
	take_keys(&w);
	const bool taken = w.keys;
	int code = watch(&w);
	give_keys_back(taken, &w.as_it_was);
	if (w.screen.drawn > 0)
		screen_leave(&w.screen);
	stats_samples_free(&w.samples);
	close(w.signals);
	return code;
}

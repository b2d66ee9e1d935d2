/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/main_loop.h"

#include "control/appliance.h"
#include "control/farewell.h"
#include "control/log.h"
#include "control/pages.h"
#include "control/patience.h"
#include "control/ready.h"
#include "control/signals.h"
#include "control/slowest_json.h"
#include "control/stats_json.h"
#include "control/supervise.h"
#include "control/telemetry.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { MOOD_HALF_LIVES = 10 }; // so long moods are remembered while nobody counts

char *main_loop_answer(void *appliance, const char *request, uint64_t *note)
{
	struct appliance *a = appliance;

	if (strcmp(request, "stats") == 0)
		return stats_json(a);
	if (strcmp(request, "slowest") == 0)
		return slowest_json(a->fanout, &a->slowest_asked_ns);
	return strcmp(request, "reload") == 0 ? reload_json(&a->reload, note) : NULL;
}

/* Of another thread, which has no answer to wait for. */
static char *answer_question(void *context, const char *text)
{
	uint64_t note = 0;

	return main_loop_answer(context, text, &note);
}

void main_loop_close_window(struct appliance *a, struct window_span span)
{
	/* Asked before the tallies are read: then nobody counts for those that are closing. */
	bool last = policies_turn(&a->policies, a->dataplane) && a->channels.n_closing > 0;

	journal_take_rows(a->journal);
	windows_close(&a->windows, span);
	if (last)
		channels_say_last(&a->channels, &a->windows);
	workload_update(&a->workload, &a->store);
	workload_warn(&a->workload, a->dataplane, window_clock_read().monotonic / 1000000);
	if (a->cluster != NULL)
		cluster_window(a->cluster);
	else
		broadcast_window(a->fanout, &a->windows, &a->catalogue);
	if (last)
		channels_end(&a->channels, &a->store, appliance_shows_on(a));
	journal_window(a->journal, &a->windows);
	if (a->cluster == NULL)
		pages_publish_health(
			a->fanout, a->windows.number, span.ends_ms, a->config->window_ms);
	supervise_window(a);
	log_turn(false);
}

static void set_timer(int timer, uint64_t monotonic_ns)
{
	const struct itimerspec at = {.it_value = {(time_t)(monotonic_ns / 1000000000),
					      (long)(monotonic_ns % 1000000000)}};

	timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

/* What was usual long ago says nothing of now. */
static void forget_moods(struct appliance *a, uint64_t last_end_ms, uint64_t now_ms)
{
	uint64_t known_ms = (uint64_t)(1000 * MOOD_HALF_LIVES * a->windows.rules.half_life_s);

	if (now_ms > last_end_ms + known_ms)
		memset(a->store.moods, 0, sizeof(*a->store.moods) * a->store.rows);
}

/* Taps that an earlier process counted and did not show go into a first window that says so. */
static void start_clock(struct appliance *a)
{
	const struct store_shown *shown = store_now_shown(&a->store);
	struct window_now now = window_clock_read();

	forget_moods(a, shown->ends, now.wall / 1000000);
	window_clock_start(&a->clock, a->config->window_ms, shown->ends, now);
	if (a->unshown > 0)
		window_clock_reach_back(&a->clock, shown->ends, now);
}

/* Does the signal that is there say stop at once? SIGHUP says reload. */
static bool take_signal(struct appliance *a, struct farewell *farewell, int signals)
{
	enum signal_wish wish = signals_take(signals);

	if (wish == WISH_RELOAD)
		reload_ask(&a->reload);
	return wish == WISH_STOP &&
	       !farewell_begin(farewell, a->fanout, &a->service, a->config->drain_seconds);
}

/* Milliseconds after which there is something to do without being told so. */
static int patience(struct appliance *a, const struct farewell *farewell)
{
	int ms = supervise_patience(a);

	if (a->cluster != NULL)
		ms = patience_shorter(ms, cluster_patience(a->cluster));
	ms = patience_shorter(ms, ticket_admission_turn(&a->tickets, a->dataplane));
	ms = patience_shorter(ms, farewell_patience(farewell));
	ms = patience_shorter(ms, reload_patience(&a->reload));
	ms = patience_shorter(ms, control_socket_patience(&a->socket));
	return patience_shorter(ms, metrics_server_patience(&a->metrics));
}

/* What came out of the cluster, and what goes into it. */
static void serve_cluster(struct appliance *a)
{
	cluster_serve(a->cluster);
	cluster_frames_turn(a->cluster_frames, a->cluster);
	cluster_health_turn(&a->cluster_health, a->fanout, a->cluster, a->config);
}

static void publish_timeline(void *fanout, unsigned channel, const char *text)
{
	char path[48];

	snprintf(path, sizeof(path), "/v1/channels/%u/timeline", channel);
	if (fanout_document(fanout, path, "application/json", text, strlen(text)) < 0)
		LOG_WARNING("there is no room for the timeline of channel %u", channel);
}

/* What is waited for besides the control socket. */
enum { SIGNALS, TIMER, METRICS, QUESTIONS, RELOAD, TIMELINES, CLUSTER, OWN_FDS };

/* Windows, questions and signals, until a signal has said stop and subscribers were told. */
static void loop(struct appliance *a, int signals, int timer)
{
	struct farewell farewell = {0};
	struct pollfd fds[OWN_FDS + CONTROL_CLIENTS_MAX + 1] = {
		[SIGNALS] = {.fd = signals, .events = POLLIN},
		[TIMER] = {.fd = timer, .events = POLLIN},
		[METRICS] = {.fd = a->metrics.fd, .events = POLLIN},
		[QUESTIONS] = {.fd = a->questions->fd, .events = POLLIN},
		[TIMELINES] = {.fd = a->timelines != NULL ? timelines_fd(a->timelines) : -1,
			.events = POLLIN},
		[RELOAD] = {.fd = a->reload.done, .events = POLLIN},
		[CLUSTER] = {.fd = a->cluster != NULL ? cluster_fd(a->cluster) : -1,
			.events = POLLIN},
	};
	uint64_t expirations;

	start_clock(a);
	set_timer(timer, window_clock_next(&a->clock, window_clock_read()));
	while ((fds[SIGNALS].revents == 0 || !take_signal(a, &farewell, signals)) &&
		!farewell_is_over(&farewell, a->fanout)) {
		unsigned n = control_socket_wants(&a->socket, fds + OWN_FDS);
		if (poll(fds, OWN_FDS + n, patience(a, &farewell)) < 0) {
			if (errno == EINTR)
				continue;
			LOG_ERROR("poll: %s", strerror(errno));
			return;
		}
		if (fds[TIMER].revents != 0 && read(timer, &expirations, sizeof(expirations)) > 0) {
			main_loop_close_window(
				a, window_clock_close(&a->clock, window_clock_read()));
			set_timer(timer, window_clock_next(&a->clock, window_clock_read()));
		}
		if (a->cluster != NULL)
			serve_cluster(a);
		if (fds[RELOAD].revents != 0)
			reload_finish(&a->reload);
		reload_settle(&a->reload);
		control_socket_serve(&a->socket, fds + OWN_FDS, n);
		reload_turn(&a->reload);
		metrics_server_serve(&a->metrics);
		questions_serve(a->questions, answer_question, a);
		if (fds[TIMELINES].revents != 0)
			timelines_publish(a->timelines, publish_timeline, a->fanout);
		supervise(a);
	}
}

static void say_ready(struct appliance *a)
{
	struct dataplane_port_info port;
	char subscribers[READY_MAX];
	const char *why = dataplane_why_this_device(a->dataplane);

	dataplane_port_info(a->dataplane, 0, &port);
	if (why[0] != '\0')
		LOG_NOTICE("taking %s, because: %s", port.device, why);
	LOG_INFO("ready: reactions on UDP port %u through %s, %s", a->config->reaction_port,
		port.device, ready_subscribers(a->config, subscribers));
	service_ready(&a->service);
}

int main_loop_run(struct appliance *a, const sigset_t *stop)
{
	int signals = signals_open(stop);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	int ret = EXIT_CONTROL;

	if (signals >= 0 && timer >= 0) {
		say_ready(a);
		loop(a, signals, timer);
		ret = EXIT_SUCCESS;
	} else {
		LOG_ERROR("no signal or timer descriptor: %s", strerror(errno));
	}
	if (signals >= 0)
		close(signals);
	if (timer >= 0)
		close(timer);
	return ret;
}

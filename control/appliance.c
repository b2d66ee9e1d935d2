/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/appliance.h"

#include "control/farewell.h"
#include "control/last_account.h"
#include "control/log.h"
#include "control/metrics_collect.h"
#include "control/pages.h"
#include "control/privileges.h"
#include "control/ready.h"
#include "control/recovery.h"
#include "control/run_folder.h"
#include "control/slowest_json.h"
#include "control/stats_json.h"
#include "control/supervise.h"
#include "control/telemetry.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
	ERROR_MAX = 768,
	MOOD_HALF_LIVES = 10, // so long moods are remembered while nobody counts
	STOP_SECONDS = 20,    // a stop takes, beside the time in which subscribers are told
};

/* Rows for the channels of the configuration; those that it no longer has are closed. */
static int open_rows(struct appliance *a, char *error, size_t cap)
{
	const struct config *config = a->config;

	store_close_others(&a->store, config->channels, config->n_channels);
	for (unsigned i = 0; i < config->n_channels; i++) {
		uint16_t channel = (uint16_t)config->channels[i].id;
		int row = store_open_row(&a->store, channel);

		if (row < 0) {
			snprintf(error, cap,
				"the arena has no row left for channel %u: rows of closed channels "
				"make room when "
				"arena.channels changes; set it to more than %u",
				channel, config->arena_channels);
			return row;
		}
	}
	return 0;
}

/* The keys are read before devices are opened: of what is wrong with them one hears soon. */
static int open_policy(struct appliance *a, char *error, size_t cap)
{
	struct key_set *keys;
	int ret = ticket_keys_read(a->config, &keys, error, cap);

	if (ret < 0)
		return ret;
	ret = catalogue_make(&a->catalogue, a->config, error, cap);
	if (ret < 0) {
		ticket_keys_free(keys);
		return ret;
	}
	a->policies.now = policy_make(a->config, &a->catalogue, a->store.workers);
	if (a->policies.now == NULL || channels_init(&a->channels, &a->store) < 0) {
		snprintf(error, cap, "no memory for the policy of the workers");
		policies_close(&a->policies);
		catalogue_free(&a->catalogue);
		ticket_keys_free(keys);
		return -ENOMEM;
	}
	policy_set_rows(&a->policies.now->policy, a->config, &a->store);
	ticket_admission_open(&a->tickets, &a->policies.now->policy.gate, keys);
	return 0;
}

static void close_policy(struct appliance *a)
{
	policies_close(&a->policies);
	channels_free(&a->channels);
	catalogue_free(&a->catalogue);
	ticket_admission_close(&a->tickets);
}

static int open_store(
	struct appliance *a, const struct appliance_options *options, char *error, size_t cap)
{
	int ret = store_open(&a->store, a->config, options->new_arena, error, cap);

	if (ret < 0)
		return ret;
	recovery_run(&a->store);
	*a->store.orderly = 0;
	a->unshown =
		recovery_taps_in_tallies(&a->store) - store_now_shown(&a->store)->taps_in_windows;
	if (a->unshown > 0)
		LOG_NOTICE("%lu taps of an earlier process come in the first window",
			(unsigned long)a->unshown);
	for (unsigned w = 0; w < a->store.workers; w++)
		a->rx_before += a->store.blocks[w].stats.rx;
	if (arena_in_hugepages(a->store.arena))
		LOG_INFO("arena %s, in huge pages", arena_path(a->store.arena));
	else
		LOG_NOTICE("arena %s lies outside of huge pages: %s", arena_path(a->store.arena),
			arena_why_not_hugepages(a->store.arena));
	ret = open_rows(a, error, cap);
	if (ret < 0)
		store_close(&a->store, false);
	return ret;
}

static int open_dataplane(struct appliance *a, char *error, size_t cap)
{
	const struct config *c = a->config;
	char folder[256];
	const struct dataplane_config dataplane = {
		.name = c->name,
		.eal = c->eal,
		.n_eal = c->n_eal,
		.cores = c->n_cores > 0 ? c->cores : NULL,
		.n_cores = c->n_cores,
		.ports = c->ports,
		.n_ports = c->n_ports,
		.reaction_port = c->reaction_port,
		.idle_us = c->idle_us,
		.runtime_folder = folder,
	};

	int ret = run_folder_make(folder, sizeof(folder));
	if (ret < 0) {
		snprintf(error, cap, "cannot make the folder %s: %s", folder, strerror(-ret));
		return ret;
	}
	return dataplane_init(&a->dataplane, &dataplane, error, cap);
}

static int open_fanout(struct appliance *a, char *error, size_t cap)
{
	const struct config *c = a->config;
	const struct fanout_config fanout = {
		.listeners = c->listeners,
		.n_listeners = c->n_listeners,
		.threads = c->fanout_threads,
		.max_connections = c->max_connections,
		.max_per_source = c->max_per_source,
		.max_accepts_per_second = c->max_accepts_per_second,
		.max_subscriptions = c->max_subscriptions,
		.proxies = c->proxies,
		.n_proxies = c->n_proxies,
		.max_filters = c->max_filters,
		.origins = c->origins,
		.n_origins = c->n_origins,
		.handshake_seconds = c->handshake_seconds,
		.tls_certificate = c->tls_certificate,
		.tls_key = c->tls_key,
		.log = log_of_fanout,
	};
	int ret = fanout_start(&a->fanout, &fanout, error, cap);

	if (ret < 0)
		return ret;
	struct mood_rules rules = config_mood_rules(c);
	rules.weights = a->catalogue.weights;
	ret = pages_publish(a->fanout, c);
	if (ret == 0)
		ret = windows_init(&a->windows, rules, &a->store);
	if (ret < 0)
		snprintf(error, cap, "cannot prepare the pages and windows: %s", strerror(-ret));
	else
		windows_set_parents(&a->windows, c->channels, c->n_channels);
	if (ret == 0)
		broadcast_open(a->fanout, &a->store);
	return ret;
}

static int start_workers(struct appliance *a, char *error, size_t cap)
{
	const struct config *c = a->config;
	const struct dataplane_memory memory = {
		.blocks = a->store.blocks,
		.tallies = a->store.tallies,
		.rows = a->store.rows,
		.stride = a->store.stride,
		.sessions = a->store.sessions,
		.undo = a->store.undo,
		.page = arena_page(a->store.arena),
		.moved = merge_marks(&a->windows.merge, 0),
		.rows_marked = a->windows.merge.rows_marked,
		.reactors_head = a->store.reactors_head,
		.reactors = c->reactors ? a->store.reactors : NULL,
		.board = a->store.board,
	};

	workload_init(&a->workload, &a->store, a->dataplane);
	heartbeat_init(&a->heartbeat, &a->store, window_clock_read().monotonic);
	return dataplane_start(a->dataplane, a->policies.now->edition, &memory, error, cap);
}

static char *answer(void *context, const char *request, uint64_t *note)
{
	if (strcmp(request, "stats") == 0)
		return stats_json(context);
	if (strcmp(request, "slowest") == 0)
		return slowest_json(context);
	return strcmp(request, "reload") == 0 ? reload_json(context, note) : NULL;
}

/* Of another thread, which has no answer to wait for. */
static char *answer_question(void *context, const char *text)
{
	uint64_t note = 0;

	return answer(context, text, &note);
}

static char *collect_metrics(void *context)
{
	return metrics_collect(context);
}

static void close_window(struct appliance *a, struct window_span span)
{
	/* Asked before the tallies are read: then nobody counts for those that are closing. */
	bool last = policies_turn(&a->policies, a->dataplane) && a->channels.n_closing > 0;

	journal_take_rows(a->journal);
	windows_close(&a->windows, span);
	if (last)
		channels_say_last(&a->channels, &a->windows);
	workload_update(&a->workload, &a->store);
	workload_warn(&a->workload, a->dataplane, window_clock_read().monotonic / 1000000);
	broadcast_window(a->fanout, &a->windows, &a->catalogue);
	if (last)
		channels_end(&a->channels, &a->store, a->fanout);
	journal_window(a->journal, &a->windows);
	pages_publish_health(a->fanout, a->windows.number, span.ends_ms, a->config->window_ms);
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

/* Is there nobody to wait for? */
static bool begin_farewell(struct appliance *a, struct farewell *farewell)
{
	unsigned seconds = a->config->drain_seconds;

	service_stopping(&a->service, seconds + STOP_SECONDS);
	return !farewell_begin(farewell, a->fanout, seconds);
}

/* Does the signal that is there say stop at once? SIGHUP says reload. */
static bool take_signal(struct appliance *a, struct farewell *farewell, int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return false;
	if (info.ssi_signo != SIGHUP)
		return farewell->until_ns != 0 || begin_farewell(a, farewell);
	reload_ask(a);
	return false;
}

/* Of two waits in milliseconds, of which -1 is for ever, the shorter. */
static int shorter(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Milliseconds after which there is something to do without being told so. */
static int patience(struct appliance *a, const struct farewell *farewell)
{
	int mine = shorter(ticket_admission_turn(&a->tickets, a->dataplane),
		shorter(farewell_patience(farewell), reload_patience(&a->reload)));
	int served =
		shorter(control_socket_patience(&a->socket), metrics_server_patience(&a->metrics));

	return shorter(supervise_patience(a), shorter(mine, served));
}

static void publish_timeline(void *fanout, unsigned channel, const char *text)
{
	char path[48];

	snprintf(path, sizeof(path), "/v1/channels/%u/timeline", channel);
	if (fanout_document(fanout, path, "application/json", text, strlen(text)) < 0)
		LOG_WARNING("there is no room for the timeline of channel %u", channel);
}

/* Without them the appliance is none the worse: the journal is there. */
static void open_timelines(struct appliance *a)
{
	int ret = timelines_open(&a->timelines, a->config->journal.file, a->config);

	if (ret < 0)
		LOG_WARNING("there are no timelines: %s", strerror(-ret));
}

/* What is waited for besides the control socket. */
enum { SIGNALS, TIMER, METRICS, QUESTIONS, RELOAD, TIMELINES, OWN_FDS };

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
			close_window(a, window_clock_close(&a->clock, window_clock_read()));
			set_timer(timer, window_clock_next(&a->clock, window_clock_read()));
		}
		if (fds[RELOAD].revents != 0)
			reload_finish(a);
		reload_settle(a);
		control_socket_serve(&a->socket, fds + OWN_FDS, n);
		reload_turn(a);
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

static int run_loop(struct appliance *a, const sigset_t *stop)
{
	int signals = signalfd(-1, stop, SFD_CLOEXEC | SFD_NONBLOCK);
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

/* The workers stop first; what they counted until then is shown in a last window. */
static void finish_counting(struct appliance *a)
{
	dataplane_stop(a->dataplane);
	close_window(a, window_clock_close_now(&a->clock, window_clock_read()));
	last_account(a);
	*a->store.orderly = 1;
	journal_close(a->journal, &a->windows, true);
	a->journal = NULL;
}

static int failed(const char *error, int exit_code)
{
	LOG_ERROR("%s", error);
	return exit_code;
}

/* All is open: nothing from here on needs a privilege. */
static int run_unprivileged(struct appliance *a, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";

	if (privileges_give_up(error, sizeof(error)) < 0)
		return failed(error, EXIT_USER);
	return run_loop(a, stop);
}

static int run_with_questions(struct appliance *a, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";
	int code;

	a->questions = telemetry_open();
	if (a->questions == NULL)
		return failed("no descriptor for DPDK's telemetry", EXIT_CONTROL);
	if (metrics_server_open(&a->metrics, &a->config->metrics, collect_metrics, a, error,
		    sizeof(error)) < 0) {
		code = failed(error, EXIT_CONTROL);
	} else {
		if (a->config->journal.file != NULL)
			open_timelines(a);
		code = run_unprivileged(a, stop);
		if (a->timelines != NULL)
			timelines_close(a->timelines);
		metrics_server_close(&a->metrics);
	}
	questions_close(a->questions);
	return code;
}

/* The inner stages undo themselves in reverse order, whatever fails. */
static int run_with_fanout(struct appliance *a, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";
	int code;

	if (start_workers(a, error, sizeof(error)) < 0)
		return failed(error, EXIT_DEVICES);
	if (reload_open(&a->reload) < 0)
		return failed("no descriptor for reloads", EXIT_CONTROL);
	if (control_socket_open(&a->socket, a->config->name, answer, a, error, sizeof(error)) < 0) {
		reload_close(&a->reload);
		return failed(error, EXIT_CONTROL);
	}
	code = run_with_questions(a, stop);
	reload_close(&a->reload);
	control_socket_close(&a->socket);
	if (code == EXIT_SUCCESS)
		finish_counting(a);
	return code;
}

static int run_with_dataplane(struct appliance *a, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";
	int code = EXIT_FANOUT;

	if (journal_start(a->journal, error, sizeof(error)) < 0)
		return failed(error, EXIT_JOURNAL);
	if (open_fanout(a, error, sizeof(error)) == 0)
		code = run_with_fanout(a, stop);
	else
		failed(error, code);
	dataplane_stop(a->dataplane);
	if (a->fanout != NULL)
		fanout_stop(a->fanout);
	windows_free(&a->windows);
	return code;
}

static int run_with_store(struct appliance *a, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";
	int code;

	if (open_policy(a, error, sizeof(error)) < 0)
		return failed(error, EXIT_CONFIG);
	if (open_dataplane(a, error, sizeof(error)) == 0) {
		code = run_with_dataplane(a, stop);
		dataplane_free(a->dataplane);
	} else {
		code = failed(error, EXIT_DEVICES);
	}
	close_policy(a);
	run_folder_remove();
	return code;
}

static int run_with_journal(struct appliance *a, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";
	int code = EXIT_JOURNAL;

	if (journal_open(&a->journal, a->config, &a->store, error, sizeof(error)) == 0)
		code = run_with_store(a, stop);
	else
		failed(error, code);
	journal_close(a->journal, NULL, false);
	return code;
}

static int run_as_user(struct appliance *a, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";

	if (privileges_take_user(a->config->user, error, sizeof(error)) < 0)
		return failed(error, EXIT_USER);
	if (open_store(a, a->options, error, sizeof(error)) < 0)
		return failed(error, EXIT_ARENA);
	int code = run_with_journal(a, stop);
	store_close(&a->store, a->options->temporary_arena);
	return code;
}

int appliance_run(const struct config *config, const struct appliance_options *options)
{
	struct appliance *a = calloc(1, sizeof(*a));
	sigset_t stop;

	if (a == NULL)
		return failed("out of memory", EXIT_CONTROL);
	/* Blocked before any thread starts, so that every thread inherits it. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGHUP);
	sigaddset(&stop, SIGQUIT);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);
	a->options = options;
	a->start = a->config = config;
	struct window_now now = window_clock_read();
	a->started_ns = now.monotonic;
	a->started_wall_ms = now.wall / 1000000;
	service_open(&a->service);
	int code = run_as_user(a, &stop);
	service_close(&a->service);
	if (a->own_config != NULL)
		config_free(a->own_config);
	free(a->own_config);
	free(a);
	return code;
}

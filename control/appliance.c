/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/appliance.h"

#include "control/appliance_reload.h"
#include "control/fanout_open.h"
#include "control/last_account.h"
#include "control/log.h"
#include "control/main_loop.h"
#include "control/metrics_collect.h"
#include "control/privileges.h"
#include "control/recovery.h"
#include "control/run_folder.h"
#include "control/signals.h"
#include "control/telemetry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERROR_MAX = 768 };

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

static int open_windows(struct appliance *a, char *error, size_t cap)
{
	const struct config *c = a->config;
	struct mood_rules rules = config_mood_rules(c);

	rules.weights = a->catalogue.weights;
	int ret = windows_init(&a->windows, rules, &a->store);
	if (ret == 0 && c->cluster.n_kafka > 0 && c->reactors)
		ret = windows_keep_people(&a->windows); // mergers unite them
	if (ret < 0)
		snprintf(error, cap, "cannot prepare the windows: %s", strerror(-ret));
	else
		windows_set_parents(&a->windows, c->channels, c->n_channels);
	return ret;
}

/* No broker need be there. */
static int open_cluster(struct appliance *a, char *error, size_t cap)
{
	if (a->config->cluster.n_kafka == 0)
		return 0;
	a->cluster_frames = cluster_frames_make(a->fanout, &a->store);
	if (a->cluster_frames == NULL) {
		snprintf(error, cap, "no memory for the frames of the cluster");
		return -ENOMEM;
	}
	const struct follower_sink sink = cluster_frames_sink(a->cluster_frames);
	a->cluster_health.started_ms = a->started_wall_ms;
	return cluster_open(&a->cluster, a->config, &a->windows, &sink, error, cap);
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

static char *collect_metrics(void *context)
{
	return metrics_collect(context);
}

/* Without them the appliance is none the worse: the journal is there. In a cluster it has what was
 * counted here alone, and subscribers see the crowd of all nodes. */
static void open_timelines(struct appliance *a)
{
	int ret = timelines_open(&a->timelines, a->config->journal.file, a->config);

	if (ret < 0)
		LOG_WARNING("there are no timelines: %s", strerror(-ret));
}

/* The workers stop first; what they counted until then is shown in a last window. */
static void finish_counting(struct appliance *a)
{
	dataplane_stop(a->dataplane);
	main_loop_close_window(a, window_clock_close_now(&a->clock, window_clock_read()));
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
	return main_loop_run(a, stop);
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
		if (a->config->journal.file != NULL && a->cluster == NULL)
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
	const struct reload_target target = appliance_reload_target(a);
	if (reload_open(&a->reload, &target) < 0)
		return failed("no descriptor for reloads", EXIT_CONTROL);
	if (control_socket_open(
		    &a->socket, a->config->name, main_loop_answer, a, error, sizeof(error)) < 0) {
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

/* The last window has been handed to it, and goes out before this node leaves. */
static int run_with_cluster(struct appliance *a, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";
	int code = EXIT_CLUSTER;

	if (open_cluster(a, error, sizeof(error)) == 0) {
		broadcast_open(appliance_shows_on(a), &a->store);
		code = run_with_fanout(a, stop);
	} else {
		failed(error, code);
	}
	cluster_close(a->cluster, code == EXIT_SUCCESS);
	a->cluster = NULL;
	free(a->cluster_frames);
	return code;
}

static int run_with_dataplane(struct appliance *a, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";
	int code = EXIT_FANOUT;

	if (journal_start(a->journal, error, sizeof(error)) < 0)
		return failed(error, EXIT_JOURNAL);
	if (fanout_open(&a->fanout, a->config, error, sizeof(error)) == 0 &&
		open_windows(a, error, sizeof(error)) == 0)
		code = run_with_cluster(a, stop);
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

	if (a == NULL)
		return failed("out of memory", EXIT_CONTROL);
	const sigset_t stop = signals_block();
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

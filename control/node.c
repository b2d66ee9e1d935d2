/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/node.h"

#include "control/fanout_open.h"
#include "control/log.h"
#include "control/node_loop.h"
#include "control/node_metrics.h"
#include "control/node_reload.h"
#include "control/privileges.h"
#include "control/signals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { ERROR_MAX = 768 };

static int failed(const char *error, int exit_code)
{
	LOG_ERROR("%s", error);
	return exit_code;
}

/* No broker need be there. */
static int open_cluster(struct node *n, char *error, size_t cap)
{
	struct follower_sink sink;
	bool serves = (n->config->roles & ROLE_FANOUT) != 0;

	if (serves) {
		n->cluster_frames = cluster_frames_make(n->fanout, NULL);
		if (n->cluster_frames == NULL) {
			snprintf(error, cap, "no memory for the frames of the cluster");
			return -ENOMEM;
		}
		sink = cluster_frames_sink(n->cluster_frames);
	}
	n->cluster_health.started_ms = n->started_wall_ms;
	return cluster_open(&n->cluster, n->config, NULL, serves ? &sink : NULL, error, cap);
}

static int run_with_metrics(struct node *n, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";

	/* All is open: nothing from here on needs a privilege. */
	if (privileges_give_up(error, sizeof(error)) < 0)
		return failed(error, EXIT_USER);
	return node_loop_run(n, stop);
}

static int run_with_socket(struct node *n, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";

	if (metrics_server_open(
		    &n->metrics, &n->config->metrics, node_metrics, n, error, sizeof(error)) < 0)
		return failed(error, EXIT_CONTROL);
	int code = run_with_metrics(n, stop);
	metrics_server_close(&n->metrics);
	return code;
}

static int run_with_cluster(struct node *n, const sigset_t *stop)
{
	const struct reload_target target = node_reload_target(n);
	char error[ERROR_MAX] = "";
	int code;

	if (reload_open(&n->reload, &target) < 0)
		return failed("no descriptor for reloads", EXIT_CONTROL);
	if (control_socket_open(
		    &n->socket, n->config->name, node_loop_answer, n, error, sizeof(error)) == 0) {
		code = run_with_socket(n, stop);
		reload_close(&n->reload);
		control_socket_close(&n->socket);
	} else {
		code = failed(error, EXIT_CONTROL);
		reload_close(&n->reload);
	}
	return code;
}

static int run_with_fanout(struct node *n, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";
	int code = EXIT_CLUSTER;

	if (open_cluster(n, error, sizeof(error)) == 0)
		code = run_with_cluster(n, stop);
	else
		failed(error, code);
	cluster_close(n->cluster, code == EXIT_SUCCESS);
	free(n->cluster_frames);
	return code;
}

static int run_as_user(struct node *n, const sigset_t *stop)
{
	char error[ERROR_MAX] = "";
	int code = EXIT_FANOUT;

	if (privileges_take_user(n->config->user, error, sizeof(error)) < 0)
		return failed(error, EXIT_USER);
	if (fanout_open(&n->fanout, n->config, error, sizeof(error)) == 0)
		code = run_with_fanout(n, stop);
	else
		failed(error, code);
	if (n->fanout != NULL)
		fanout_stop(n->fanout);
	return code;
}

int node_run(const struct config *config, const struct appliance_options *options)
{
	struct node *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return failed("out of memory", EXIT_CONTROL);
	const sigset_t stop = signals_block();
	struct window_now now = window_clock_read();
	n->options = options;
	n->start = n->config = config;
	n->started_ns = now.monotonic;
	n->started_wall_ms = now.wall / 1000000;
	service_open(&n->service);
	int code = run_as_user(n, &stop);
	service_close(&n->service);
	if (n->own_config != NULL)
		config_free(n->own_config);
	free(n->own_config);
	free(n);
	return code;
}

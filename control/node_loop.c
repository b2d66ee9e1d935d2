/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/node_loop.h"

#include "control/farewell.h"
#include "control/log.h"
#include "control/node_json.h"
#include "control/patience.h"
#include "control/ready.h"
#include "control/signals.h"
#include "control/slowest_json.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the service manager and the log hear now and then. */
static const uint64_t OFTEN_NS = 1000000000;

/* What is waited for besides the control socket. */
enum { SIGNALS, METRICS, RELOAD, CLUSTER, OWN_FDS };

char *node_loop_answer(void *node, const char *request, uint64_t *note)
{
	struct node *n = node;

	if (strcmp(request, "stats") == 0)
		return node_json(n);
	if (strcmp(request, "slowest") == 0)
		return slowest_json(n->fanout, &n->slowest_asked_ns);
	return strcmp(request, "reload") == 0 ? reload_json(&n->reload, note) : NULL;
}

/* Does the signal that is there say stop at once? SIGHUP says reload. */
static bool take_signal(struct node *n, struct farewell *farewell, int signals)
{
	enum signal_wish wish = signals_take(signals);

	if (wish == WISH_RELOAD)
		reload_ask(&n->reload);
	return wish == WISH_STOP &&
	       !farewell_begin(farewell, n->fanout, &n->service, n->config->drain_seconds);
}

/* Milliseconds after which there is something to do without being told so. */
static int patience(struct node *n, const struct farewell *farewell)
{
	int ms = patience_shorter(cluster_patience(n->cluster), farewell_patience(farewell));

	ms = patience_shorter(ms, reload_patience(&n->reload));
	ms = patience_shorter(ms, control_socket_patience(&n->socket));
	return patience_shorter(ms, metrics_server_patience(&n->metrics));
}

static void tell_manager(struct node *n)
{
	struct cluster_status s = cluster_read_status(n->cluster);
	unsigned partitions = s.merger != NULL ? s.merger->partitions : 0;
	uint64_t window = s.follower != NULL ? s.follower->window
			  : s.merger != NULL ? s.merger->window
					     : 0;

	service_status(&n->service, "window %lu; %u partitions; %u connections",
		(unsigned long)window, partitions, fanout_connections(n->fanout));
}

/* The watchdog is fed as long as this thread turns. */
static void look_after(struct node *n, uint64_t *next_ns)
{
	uint64_t now_ns = window_clock_read().monotonic;

	service_alive(&n->service, now_ns);
	if (now_ns < *next_ns)
		return;
	*next_ns = now_ns + OFTEN_NS;
	tell_manager(n);
	log_turn(false);
}

static void serve(struct node *n, const struct pollfd *fds, unsigned n_clients)
{
	cluster_serve(n->cluster);
	if (n->cluster_frames != NULL)
		cluster_frames_turn(n->cluster_frames, n->cluster);
	cluster_health_turn(&n->cluster_health, n->fanout, n->cluster, n->config);
	if (fds[RELOAD].revents != 0)
		reload_finish(&n->reload);
	reload_settle(&n->reload);
	control_socket_serve(&n->socket, fds + OWN_FDS, n_clients);
	reload_turn(&n->reload);
	metrics_server_serve(&n->metrics);
}

/* Until a signal has said stop and subscribers were told. */
static void loop(struct node *n, int signals)
{
	struct farewell farewell = {0};
	struct pollfd fds[OWN_FDS + CONTROL_CLIENTS_MAX + 1] = {
		[SIGNALS] = {.fd = signals, .events = POLLIN},
		[METRICS] = {.fd = n->metrics.fd, .events = POLLIN},
		[RELOAD] = {.fd = n->reload.done, .events = POLLIN},
		[CLUSTER] = {.fd = cluster_fd(n->cluster), .events = POLLIN},
	};
	uint64_t next_ns = 0;

	while ((fds[SIGNALS].revents == 0 || !take_signal(n, &farewell, signals)) &&
		!farewell_is_over(&farewell, n->fanout)) {
		unsigned n_clients = control_socket_wants(&n->socket, fds + OWN_FDS);

		if (poll(fds, OWN_FDS + n_clients, patience(n, &farewell)) < 0) {
			if (errno == EINTR)
				continue;
			LOG_ERROR("poll: %s", strerror(errno));
			return;
		}
		serve(n, fds, n_clients);
		look_after(n, &next_ns);
	}
}

static void say_ready(struct node *n)
{
	char subscribers[READY_MAX];
	bool merges = (n->config->roles & ROLE_MERGE) != 0;
	bool serves = (n->config->roles & ROLE_FANOUT) != 0;

	LOG_INFO("ready: %s%s%s", merges ? "merging" : "", merges && serves ? ", " : "",
		serves ? ready_subscribers(n->config, subscribers) : "");
	service_ready(&n->service);
}

int node_loop_run(struct node *n, const sigset_t *stop)
{
	int signals = signals_open(stop);

	if (signals < 0) {
		LOG_ERROR("no descriptor for signals: %s", strerror(-signals));
		return EXIT_CONTROL;
	}
	say_ready(n);
	loop(n, signals);
	close(signals);
	return EXIT_SUCCESS;
}

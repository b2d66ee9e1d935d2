/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Start and stop, by control.
 */

#include "fanout/fanout.h"

#include "fanout/engine.h"
#include "fanout/mqtt.h"
#include "fanout/mqtt_clients.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum { OTHER_DESCRIPTORS = 128 }; // what the rest of the process may have open

/* Raises the soft limit of open files to what is needed, as far as the hard one allows. */
static void raise_descriptors(const struct fanout *f)
{
	rlim_t wanted = (rlim_t)f->max_connections + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < wanted)
		engine_log(f, FANOUT_WARNING,
			"only about %llu of %u connections fit: raise the limit of open files "
			"(ulimit -Hn, LimitNOFILE=) to %llu",
			(unsigned long long)limit.rlim_cur, f->max_connections,
			(unsigned long long)wanted);
}

static void close_listeners(struct engine_thread *t)
{
	for (unsigned i = 0; t->listeners != NULL && i < t->fanout->n_listeners; i++) {
		if (t->listeners[i].fd >= 0)
			close(t->listeners[i].fd);
		t->listeners[i].fd = -1;
	}
}

/* What thread_init() made, as far as it got. */
static void thread_fini(struct engine_thread *t)
{
	close_listeners(t);
	free(t->listeners);
	connection_table_fini(&t->connections);
	mqtt_thread_fini(t);
	for (unsigned i = 0; t->channels != NULL && i < MAILBOX_CHANNELS; i++)
		held_frame_free(t->channels[i].newest);
	free(t->channels);
	mailbox_free(t->mailbox);
	if (t->documents != NULL)
		document_shelf_clear(t->documents);
	free(t->documents);
	if (t->wake_fd >= 0)
		close(t->wake_fd);
	sem_destroy(&t->started);
}

static int thread_init(struct engine_thread *t, struct fanout *f, unsigned id)
{
	t->fanout = f;
	t->id = id;
	sem_init(&t->started, 0, 0);
	t->wake_fd = eventfd(0, EFD_CLOEXEC);
	t->listeners = calloc(f->n_listeners, sizeof(t->listeners[0]));
	t->mailbox = mailbox_new();
	t->channels = calloc(MAILBOX_CHANNELS, sizeof(t->channels[0]));
	t->documents = calloc(1, sizeof(*t->documents));
	for (unsigned i = 0; t->listeners != NULL && i < f->n_listeners; i++)
		t->listeners[i].fd = -1;
	if (t->wake_fd < 0 || t->listeners == NULL || t->mailbox == NULL || t->channels == NULL ||
		t->documents == NULL || topic_lists_init(&t->lists, t->channels) < 0)
		return -ENOMEM;
	if (mqtt_thread_init(t, f->max_connections + ENGINE_REFUSALS) < 0)
		return -ENOMEM;
	return connection_table_init(&t->connections, f->max_connections + ENGINE_REFUSALS);
}

static int bind_listeners(
	struct fanout *f, const struct fanout_config *config, char *error, size_t cap)
{
	bool shared = f->n_threads > 1;
	int ret = 0;

	for (unsigned i = 0; shared && ret == 0 && i < config->n_listeners; i++)
		ret = listener_probe(&config->listeners[i], error, cap);
	for (unsigned t = 0; ret == 0 && t < f->n_threads; t++) {
		for (unsigned i = 0; ret == 0 && i < config->n_listeners; i++) {
			struct listener *l = &f->threads[t].listeners[i];

			l->protocol = config->listeners[i].protocol;
			ret = listener_bind(&config->listeners[i], shared, &l->fd, error, cap);
		}
	}
	return ret;
}

/* Signals are for the threads of control. */
static int create_thread(struct engine_thread *t)
{
	sigset_t all, before;
	char name[16];

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int ret = pthread_create(&t->pthread, NULL, engine_run, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ret != 0)
		return -ret;
	snprintf(name, sizeof(name), "fanout-%u", t->id);
	pthread_setname_np(t->pthread, name);
	while (sem_wait(&t->started) < 0 && errno == EINTR)
		;
	if (t->start_result < 0)
		pthread_join(t->pthread, NULL);
	return t->start_result;
}

static void stop_threads(struct fanout *f, unsigned running)
{
	atomic_store(&f->stopping, true);
	for (unsigned i = 0; i < running; i++)
		engine_wake(&f->threads[i]);
	for (unsigned i = 0; i < running; i++)
		pthread_join(f->threads[i].pthread, NULL);
}

static int start_threads(struct fanout *f, char *error, size_t cap)
{
	for (unsigned i = 0; i < f->n_threads; i++) {
		struct engine_thread *t = &f->threads[i];
		int ret = create_thread(t);

		if (ret == 0)
			continue;
		snprintf(error, cap, "fan-out thread %u: %s", i,
			t->error[0] != '\0' ? t->error : strerror(-ret));
		stop_threads(f, i);
		return ret;
	}
	return 0;
}

static void destroy(struct fanout *f)
{
	for (unsigned i = 0; i < f->n_threads; i++)
		thread_fini(&f->threads[i]);
	mqtt_clients_free(f->mqtt_clients);
	free(f);
}

/* All that needs memory only. NULL if there is none. */
static struct fanout *create(const struct fanout_config *config)
{
	struct fanout *f = calloc(1, sizeof(*f) + config->threads * sizeof(f->threads[0]));

	if (f == NULL)
		return NULL;
	f->n_listeners = config->n_listeners;
	f->max_connections = config->max_connections;
	f->max_subscriptions = config->max_subscriptions;
	f->handshake_seconds = config->handshake_seconds;
	f->log = config->log;
	f->mqtt_clients = mqtt_clients_new(
		config->max_connections + config->threads * ENGINE_REFUSALS, config->threads);
	if (f->mqtt_clients == NULL) {
		free(f);
		return NULL;
	}
	while (f->n_threads < config->threads) {
		unsigned id = f->n_threads++;

		if (thread_init(&f->threads[id], f, id) == 0)
			continue;
		destroy(f);
		return NULL;
	}
	return f;
}

static void log_listeners(const struct fanout *f, const struct fanout_config *config)
{
	static const char *const names[] = {
		[FANOUT_TCP] = "TCP", [FANOUT_HTTP] = "HTTP", [FANOUT_MQTT] = "MQTT"};
	char name[64];

	for (unsigned i = 0; i < config->n_listeners; i++) {
		listener_name(&config->listeners[i], name, sizeof(name));
		engine_log(f, FANOUT_INFO, "%s subscribers: listening on %s",
			names[config->listeners[i].protocol], name);
	}
}

int fanout_start(struct fanout **out, const struct fanout_config *config, char *error, size_t cap)
{
	struct fanout *f;

	if (config->threads == 0 || config->max_connections == 0) {
		snprintf(error, cap, "a fan-out needs at least one thread and one connection");
		return -EINVAL;
	}
	f = create(config);
	if (f == NULL) {
		snprintf(error, cap,
			"no memory for the fan-out: lower max_connections or free some");
		return -ENOMEM;
	}
	int ret = bind_listeners(f, config, error, cap);
	if (ret == 0) {
		raise_descriptors(f);
		ret = start_threads(f, error, cap);
	}
	if (ret < 0) {
		destroy(f);
		return ret;
	}
	log_listeners(f, config);
	*out = f;
	return 0;
}

void fanout_stop(struct fanout *f)
{
	stop_threads(f, f->n_threads);
	destroy(f);
}

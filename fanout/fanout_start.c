/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Start and stop, by control.
 */

#include "fanout/fanout.h"

#include "fanout/connection_proxy.h"
#include "fanout/engine.h"
#include "fanout/mqtt.h"
#include "fanout/mqtt_clients.h"
#include "fanout/websocket_frame.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

/* What the rest of the process may have open, and what a thread has besides its connections. */
enum { OTHER_DESCRIPTORS = 128, THREAD_DESCRIPTORS = 8 };

uint64_t fanout_descriptors(unsigned connections, unsigned threads, unsigned listeners)
{
	return connections + OTHER_DESCRIPTORS +
	       (uint64_t)threads * (THREAD_DESCRIPTORS + ENGINE_REFUSALS + listeners);
}

/*
 * Raises the soft limit of open files to what is needed, as far as the hard one allows. If that is
 * not enough, so many connections fewer are taken, and who comes beyond is told so.
 */
static void raise_descriptors(struct fanout *f)
{
	rlim_t others = fanout_descriptors(0, f->n_threads, f->n_listeners);
	rlim_t wanted = f->room + others;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == wanted)
		return;
	unsigned fit = limit.rlim_cur > others ? (unsigned)(limit.rlim_cur - others) : 1;
	engine_log(f, FANOUT_WARNING,
		"only %u of %u connections fit: raise the limit of open files (ulimit -Hn, "
		"LimitNOFILE=) to %llu",
		fit, f->room, (unsigned long long)wanted);
	f->room = fit;
	atomic_store(&f->max_connections, fit);
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
	pool_fini(&t->proxies);
	pool_fini(&t->decoders);
	if (t->wake_fd >= 0)
		close(t->wake_fd);
	if (t->spare_fd >= 0)
		close(t->spare_fd);
	sem_destroy(&t->started);
}

static int thread_init(struct engine_thread *t, struct fanout *f, unsigned id)
{
	t->fanout = f;
	t->id = id;
	sem_init(&t->started, 0, 0);
	t->wake_fd = eventfd(0, EFD_CLOEXEC);
	t->spare_fd = eventfd(0, EFD_CLOEXEC);
	t->listeners = calloc(f->n_listeners, sizeof(t->listeners[0]));
	t->mailbox = mailbox_new();
	t->channels = calloc(MAILBOX_CHANNELS, sizeof(t->channels[0]));
	t->documents = calloc(1, sizeof(*t->documents));
	for (unsigned i = 0; t->listeners != NULL && i < f->n_listeners; i++)
		t->listeners[i].fd = -1;
	if (t->wake_fd < 0 || t->listeners == NULL || t->mailbox == NULL || t->channels == NULL ||
		t->documents == NULL || topic_lists_init(&t->lists, t->channels) < 0)
		return -ENOMEM;
	if (mqtt_thread_init(t, f->room + ENGINE_REFUSALS) < 0 ||
		pool_init(&t->decoders, sizeof(struct websocket_decoder),
			f->room + ENGINE_REFUSALS) < 0 ||
		pool_init(&t->proxies, sizeof(struct proxy_state), f->room) < 0)
		return -ENOMEM;
	return connection_table_init(&t->connections, f->room + ENGINE_REFUSALS);
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
			l->proxied = config->listeners[i].proxied;
			l->tls = config->listeners[i].tls;
			ret = listener_bind(&config->listeners[i], shared, &l->fd, error, cap);
		}
	}
	return ret;
}

/* Signals are for the threads of control, but for the one by which all threads are asked to give up
 * their capabilities. */
static int create_thread(struct engine_thread *t)
{
	sigset_t all, before;
	char name[16];

	sigfillset(&all);
	sigdelset(&all, SIGRTMAX);
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
	sources_free(f->sources);
	free(f->proxies);
	origins_free(&f->origins);
	mqtt_clients_free(f->mqtt_clients);
	tls_holder_fini(&f->tls);
	document_paths_clear(&f->paths);
	free(f);
}

static bool set_limits(struct fanout *f, const struct fanout_config *config)
{
	size_t proxies = config->n_proxies * sizeof(f->proxies[0]);

	f->room = config->max_connections;
	fanout_set_limits(f, &(struct fanout_settings){.max_connections = config->max_connections,
				     .max_per_source = config->max_per_source,
				     .max_subscriptions = config->max_subscriptions,
				     .max_filters = config->max_filters,
				     .handshake_seconds = config->handshake_seconds});
	f->n_proxies = config->n_proxies;
	f->proxies = malloc(proxies > 0 ? proxies : 1);
	if (f->proxies == NULL)
		return false;
	if (proxies > 0)
		memcpy(f->proxies, config->proxies, proxies);
	if (config->max_per_source != 0) // each thread may be looking at one more
		f->sources = sources_new(
			config->max_connections + config->threads, config->max_per_source);
	f->mqtt_clients = mqtt_clients_new(
		config->max_connections + config->threads * ENGINE_REFUSALS, config->threads);
	return origins_init(&f->origins, config->origins, config->n_origins) == 0 &&
	       f->mqtt_clients != NULL && (config->max_per_source == 0 || f->sources != NULL);
}

/* Each thread has an equal part of what is accepted a second. */
static uint32_t accepts_of_thread(const struct fanout_config *config)
{
	uint32_t part = config->max_accepts_per_second / config->threads;

	return part == 0 && config->max_accepts_per_second != 0 ? 1 : part;
}

/* All that needs memory only. NULL if there is none. */
static struct fanout *create(const struct fanout_config *config)
{
	struct fanout *f = calloc(1, sizeof(*f) + config->threads * sizeof(f->threads[0]));

	if (f == NULL)
		return NULL;
	f->n_listeners = config->n_listeners;
	atomic_init(&f->holding, config->holds);
	f->log = config->log;
	bool sound = set_limits(f, config) &&
		     tls_holder_init(&f->tls, config->tls_certificate, config->tls_key) == 0;
	while (sound && f->n_threads < config->threads) {
		unsigned id = f->n_threads++;

		accept_rate_init(
			&f->threads[id].accept_rate, accepts_of_thread(config), engine_clock_ms());

		if (thread_init(&f->threads[id], f, id) == 0)
			continue;
		sound = false;
	}
	if (sound)
		return f;
	destroy(f);
	return NULL;
}

/* What TLS listeners need. */
static int load_certificate(
	struct fanout *f, const struct fanout_config *config, char *error, size_t cap)
{
	char report[FANOUT_REPORT_MAX];
	bool wanted = false;

	for (unsigned i = 0; i < config->n_listeners; i++)
		wanted = wanted || config->listeners[i].tls;
	if (!wanted)
		return 0;
	if (f->tls.certificate == NULL || f->tls.key == NULL) {
		snprintf(error, cap, "a TLS listener needs a certificate and its key");
		return -EINVAL;
	}
	int ret = tls_holder_load(&f->tls, report, sizeof(report));
	if (ret < 0) {
		snprintf(error, cap, "%s", report);
		return ret;
	}
	engine_log(f, ret == 0 ? FANOUT_INFO : FANOUT_WARNING, "TLS: %s", report);
	return 0;
}

static void log_listeners(const struct fanout *f, const struct fanout_config *config)
{
	static const char *const names[] = {
		[FANOUT_TCP] = "TCP", [FANOUT_HTTP] = "HTTP", [FANOUT_MQTT] = "MQTT"};
	char name[64];

	for (unsigned i = 0; i < config->n_listeners; i++) {
		listener_name(&config->listeners[i], name, sizeof(name));
		engine_log(f, FANOUT_INFO, "%s subscribers%s: listening on %s",
			names[config->listeners[i].protocol],
			config->listeners[i].tls ? " over TLS" : "", name);
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
	int ret = load_certificate(f, config, error, cap);
	if (ret == 0)
		ret = bind_listeners(f, config, error, cap);
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

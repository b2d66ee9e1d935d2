/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/kafka.h"

#include "control/cluster/kafka_log.h"
#include "control/privileges.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { REASON_MAX = 512 };

const char *kafka_option(const struct config_cluster *config, const char *name, const char *alias)
{
	const char *value = NULL;

	for (unsigned i = 0; i < config->n_kafka; i++)
		if (strcmp(config->kafka[i].name, name) == 0 ||
			strcmp(config->kafka[i].name, alias) == 0)
			value = config->kafka[i].value;
	return value;
}

const char *kafka_servers(const struct config_cluster *config)
{
	const char *servers = kafka_option(config, "bootstrap.servers", "metadata.broker.list");

	return servers != NULL ? servers : "";
}

const char *kafka_codec(const struct config_cluster *config)
{
	const char *codec = kafka_option(config, "compression.codec", "compression.type");

	return codec != NULL ? codec : "lz4";
}

/* Where librdkafka's own would have subscribers wait longer than they need to: a broker that hangs
 * is left after 6 s and not 60, one that is back is found within 2 s and not 10. */
static const struct kafka_own_option defaults[] = {
	{"socket.timeout.ms", "6000"},
	{"socket.connection.setup.timeout.ms", "5000"},
	{"socket.keepalive.enable", "true"},
	{"reconnect.backoff.max.ms", "2000"},
	{NULL, NULL},
};

/* What librdkafka says about a wrong value may have the value, and that may be a secret. */
static void complain_of_option(
	const char *name, rd_kafka_conf_res_t result, char *error, size_t cap)
{
	if (result == RD_KAFKA_CONF_UNKNOWN)
		snprintf(error, cap,
			"cluster.kafka: librdkafka %s has no option '%s'; its documentation "
			"(CONFIGURATION.md) lists those there are",
			rd_kafka_version_str(), name);
	else
		snprintf(error, cap,
			"cluster.kafka: the value of '%s' is none that librdkafka %s takes there; "
			"its "
			"documentation (CONFIGURATION.md) says which it does",
			name, rd_kafka_version_str());
}

static int set(rd_kafka_conf_t *conf, const char *name, const char *value, char *error, size_t cap)
{
	char reason[REASON_MAX];
	rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name, value, reason, sizeof(reason));

	if (result == RD_KAFKA_CONF_OK)
		return 0;
	complain_of_option(name, result, error, cap);
	return -EINVAL;
}

static int set_own(
	rd_kafka_conf_t *conf, const struct kafka_own_option *own, char *error, size_t cap)
{
	for (; own != NULL && own->name != NULL; own++)
		if (set(conf, own->name, own->value, error, cap) < 0)
			return -EINVAL;
	return 0;
}

static int set_all(rd_kafka_conf_t *conf, const struct config_cluster *config,
	const struct kafka_own_option *own, char *error, size_t cap)
{
	if (set_own(conf, defaults, error, cap) < 0)
		return -EINVAL;
	for (unsigned i = 0; i < config->n_kafka; i++)
		if (set(conf, config->kafka[i].name, config->kafka[i].value, error, cap) < 0)
			return -EINVAL;
	return set_own(conf, own, error, cap);
}

struct opening {
	rd_kafka_type_t type;
	rd_kafka_conf_t *conf;
	rd_kafka_t *rk; // NULL: reason says why not
	char reason[REASON_MAX];
};

static void *open_unprivileged(void *arg)
{
	struct opening *o = arg;

	privileges_give_up_thread();
	o->rk = rd_kafka_new(o->type, o->conf, o->reason, sizeof(o->reason));
	return NULL;
}

/* librdkafka's threads have what the thread has that makes the handle. They block all signals, so
 * nobody can ask them later to give up what the start had of root's; and they need nothing of it.
 */
static void open_in_thread(struct opening *o)
{
	pthread_t thread;
	int ret = pthread_create(&thread, NULL, open_unprivileged, o);

	if (ret == 0)
		pthread_join(thread, NULL);
	else
		snprintf(o->reason, sizeof(o->reason), "no thread: %s", strerror(ret));
}

int kafka_open(rd_kafka_t **out, rd_kafka_type_t type, int events,
	const struct config_cluster *config, const struct kafka_own_option *own, void *opaque,
	char *error, size_t cap)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	struct opening opening = {.type = type, .conf = conf};

	if (set_all(conf, config, own, error, cap) < 0) {
		rd_kafka_conf_destroy(conf);
		return -EINVAL;
	}
	rd_kafka_conf_set_log_cb(conf, kafka_log);
	rd_kafka_conf_set_opaque(conf, opaque);
	rd_kafka_conf_set_events(conf, events | RD_KAFKA_EVENT_ERROR);
	open_in_thread(&opening);
	if (opening.rk == NULL) {
		rd_kafka_conf_destroy(conf);
		snprintf(error, cap,
			"cluster.kafka: librdkafka does not start with these options: %s",
			opening.reason);
		return -EINVAL;
	}
	*out = opening.rk;
	return 0;
}

void kafka_wake(rd_kafka_queue_t *queue, int fd)
{
	static const uint64_t one = 1;

	rd_kafka_queue_io_event_enable(queue, fd, &one, sizeof(one));
}

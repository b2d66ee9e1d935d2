/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/kafka_options.h"

#include "control/cluster/kafka_option.h"

#include <errno.h>
#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REASON_MAX = 512 };

/* What it says here is in the reason, too. */
static void say_nothing(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
	(void)rk;
	(void)level;
	(void)facility;
	(void)line;
}

static bool names_brokers(const char *name)
{
	return strcmp(name, "bootstrap.servers") == 0 || strcmp(name, "metadata.broker.list") == 0;
}

static bool set_all(rd_kafka_conf_t *conf, rd_kafka_type_t type,
	const struct config_cluster *config, char reason[REASON_MAX])
{
	rd_kafka_conf_set_log_cb(conf, say_nothing);
	for (unsigned i = 0; i < config->n_kafka; i++) {
		const struct config_kafka_option *o = &config->kafka[i];

		if (!names_brokers(o->name) && rd_kafka_conf_set(conf, o->name, o->value, reason,
						       REASON_MAX) != RD_KAFKA_CONF_OK)
			return false;
	}
	return type != RD_KAFKA_PRODUCER || rd_kafka_conf_set(conf, "enable.idempotence", "true",
						    reason, REASON_MAX) == RD_KAFKA_CONF_OK;
}

/* Without brokers nothing is sent. */
static bool starts(
	rd_kafka_type_t type, const struct config_cluster *config, char reason[REASON_MAX])
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_t *rk = NULL;

	if (set_all(conf, type, config, reason))
		rk = rd_kafka_new(type, conf, reason, REASON_MAX);
	if (rk == NULL) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	rd_kafka_destroy(rk);
	return true;
}

/* The longest name that is in the reason: some names begin like others. */
static unsigned find_meant(const struct config_cluster *config, const char *reason)
{
	unsigned found = config->n_kafka;
	size_t longest = 0;

	for (unsigned i = 0; i < config->n_kafka; i++) {
		size_t len = strlen(config->kafka[i].name);

		if (len > longest && strstr(reason, config->kafka[i].name) != NULL) {
			longest = len;
			found = i;
		}
	}
	return found;
}

static bool names_file(const char *name)
{
	static const char end[] = ".location";
	size_t len = strlen(name);

	return len >= sizeof(end) && strcmp(name + len - (sizeof(end) - 1), end) == 0;
}

/* 0, or the error: librdkafka has that of OpenSSL, which does not say it. */
static int try_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void say_file(const char *name, const char *path, bool shown, const char *reason,
	int unreadable, char *error, size_t cap)
{
	snprintf(error, cap, "librdkafka cannot use the file of '%s': %s: %s", name,
		shown ? path : "not shown", unreadable != 0 ? strerror(unreadable) : reason);
}

static void say(const struct config_cluster *config, unsigned which, const char *reason,
	char *error, size_t cap)
{
	const struct config_kafka_option *o = &config->kafka[which];

	if (which < config->n_kafka && kafka_option_holds_secret(o->name))
		snprintf(error, cap, "librdkafka does not start with this value of '%s'", o->name);
	else if (which < config->n_kafka && names_file(o->name))
		say_file(o->name, o->value, which < config->n_kafka_shown, reason,
			try_file(o->value), error, cap);
	else
		snprintf(error, cap, "librdkafka does not start with these options: %s", reason);
}

int kafka_options_check(
	const struct config_cluster *config, unsigned *which, char *error, size_t cap)
{
	char reason[REASON_MAX] = "";

	if (starts(RD_KAFKA_PRODUCER, config, reason) && starts(RD_KAFKA_CONSUMER, config, reason))
		return 0;
	*which = find_meant(config, reason);
	say(config, *which, reason, error, cap);
	return -EINVAL;
}

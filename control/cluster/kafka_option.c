/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/kafka_option.h"

#include "control/near_word.h"

#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REASON_MAX = 256, OPTION_MAX = 64 };

/* What is uproar's own, and what to do instead. */
static const struct {
	const char *name, *instead;
} own[] = {
	{"group.id", "cluster.group names the group"},
	{"transactional.id", "it is made of cluster.group and the partition"},
	{"enable.idempotence", "it is always on"},
	{"enable.gapless.guarantee", "a record that was replaced is not missed"},
	{"isolation.level", "only what was committed is read"},
	{"enable.auto.commit", "positions are committed with the frames"},
	{"enable.auto.offset.store", "positions are committed with the frames"},
	{"auto.offset.reset", "topics are read from their beginning"},
	{"enable.partition.eof", "it is always on"},
	{"partition.assignment.strategy", "it is cooperative-sticky"},
	{"partitioner", "a channel's partition is its number modulo cluster.partitions"},
	{"partitioner_cb", "a channel's partition is its number modulo cluster.partitions"},
	{"allow.auto.create.topics", "topics must be compacted, so they are made by hand"},
	{"acks", "all replicas in sync acknowledge"},
	{"request.required.acks", "all replicas in sync acknowledge"},
	{"message.timeout.ms", "what was counted is kept until it comes through"},
	{"delivery.timeout.ms", "what was counted is kept until it comes through"},
	{"transaction.timeout.ms", "a window has as long as it needs"},
	{"message.max.bytes", "it has room for every record"},
	{"queue.buffering.max.messages", "it has room for every channel"},
	{"fetch.wait.max.ms", "frames are fetched as soon as they are there"},
	{"queued.max.messages.kbytes", "what is fetched ahead is bounded"},
	{"log_level", "log.cluster says how much is logged"},
};

bool kafka_option_holds_secret(const char *name)
{
	static const char *const parts[] = {
		"password", "secret", "username", ".pem", "token", "oauthbearer.config"};

	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strstr(name, parts[i]) != NULL)
			return true;
	}
	return false;
}

/* Of librdkafka's own table of its options, "NAME | ...", a line each: nothing else has them all.
 */
static void find_nearest(const char *name, char *table, char nearest[OPTION_MAX])
{
	unsigned best = WORDS_APART;

	for (char *line; (line = strsep(&table, "\n")) != NULL;) {
		size_t len = strcspn(line, " ");

		if (strchr(line, '|') == NULL || len >= OPTION_MAX)
			continue;
		line[len] = '\0';
		unsigned distance = near_word_distance(name, line);
		if (distance < best) {
			best = distance;
			memcpy(nearest, line, len + 1);
		}
	}
}

/* "": none is near. */
static void find_meant(const char *name, char nearest[OPTION_MAX])
{
	char *table = NULL;
	size_t len;
	FILE *out = open_memstream(&table, &len);

	nearest[0] = '\0';
	if (out == NULL)
		return;
	rd_kafka_conf_properties_show(out);
	if (fclose(out) == 0)
		find_nearest(name, table, nearest);
	free(table);
}

static int unknown(const char *name, bool secret, char *error, size_t cap)
{
	char nearest[OPTION_MAX];

	find_meant(name, nearest);
	snprintf(error, cap, "librdkafka %s has no option %s%.60s%s%s%s%s", rd_kafka_version_str(),
		secret ? "of this name" : "'", secret ? "" : name, secret ? "" : "'",
		nearest[0] != '\0' ? "; did you mean '" : "", nearest,
		nearest[0] != '\0' ? "'?" : "");
	return -EINVAL;
}

static int invalid(const char *name, bool secret, const char *reason, char *error, size_t cap)
{
	bool shown = !secret && !kafka_option_holds_secret(name);

	snprintf(error, cap, "librdkafka does not take this value of '%s'%s%.*s", name,
		shown ? ": " : "", shown ? (int)strcspn(reason, "\n") : 0, reason);
	return -EINVAL;
}

static int set(rd_kafka_conf_t *conf, const char *name, const char *value, bool secret, char *error,
	size_t cap)
{
	char reason[REASON_MAX] = "";

	switch (rd_kafka_conf_set(conf, name, value, reason, sizeof(reason))) {
	case RD_KAFKA_CONF_OK:
		return 0;
	case RD_KAFKA_CONF_UNKNOWN:
		return unknown(name, secret, error, cap);
	default:
		return invalid(name, secret, reason, error, cap);
	}
}

int kafka_option_check(const char *name, const char *value, bool secret, char *error, size_t cap)
{
	for (unsigned i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (strcmp(name, own[i].name) == 0) {
			snprintf(error, cap, "'%s' is not to be set: %s", name, own[i].instead);
			return -EINVAL;
		}
	}
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	int ret = set(conf, name, value, secret, error, cap);
	rd_kafka_conf_destroy(conf);
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/topic_verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Of the addresses of brokers, in a command to type. */
enum { SERVERS_MAX = 100 };

/* Of each record, if there are so many brokers: one of them may be away. */
enum { COPIES = 3 };

__attribute__((format(printf, 2, 3))) static enum topic_state say(
	char sentence[KAFKA_SENTENCE_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, KAFKA_SENTENCE_MAX, format, args);
	va_end(args);
	return TOPICS_WRONG;
}

/* A topic may have as many copies as there are brokers. Not known: as it ought to be. */
static unsigned copies(const struct topic_found *found)
{
	return found->brokers > 0 && found->brokers < COPIES ? found->brokers : COPIES;
}

/* The command of docs/cluster.md, or, if the names are too long for it, its place: one that is cut
 * off would make another topic. */
static enum topic_state missing(const struct topic_found *found, const char *topic,
	const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	int len = snprintf(sentence, KAFKA_SENTENCE_MAX,
		"there is no topic %s; make it: kafka-topics.sh --bootstrap-server %s --create "
		"--topic %s --partitions %u --replication-factor %u --config "
		"cleanup.policy=compact "
		"--config min.insync.replicas=%u --config segment.ms=300000 --config "
		"segment.bytes=67108864 --config min.cleanable.dirty.ratio=0.1 --config "
		"max.compaction.lag.ms=600000 --config max.message.bytes=2097152",
		topic, kafka_servers(config), topic, config->partitions, copies(found),
		copies(found) == COPIES ? COPIES - 1 : 1);

	if (len < KAFKA_SENTENCE_MAX)
		return TOPICS_WRONG;
	return say(sentence,
		"there is no topic %s; make it: kafka-topics.sh --create, as docs/cluster.md has "
		"it, with %u partitions",
		topic, config->partitions);
}

static enum topic_state forbidden(
	const char *topic, const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	return say(sentence,
		"our Kafka user may not look at topic %s; allow it: kafka-acls.sh "
		"--bootstrap-server %.*s --add --allow-principal User:NAME --topic %s --operation "
		"Describe --operation DescribeConfigs",
		topic, SERVERS_MAX, kafka_servers(config), topic);
}

/* What else brokers say for good; all that may pass is no verdict. */
static enum topic_state failed(const struct topic_found *found, const char *topic,
	const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	switch (found->err) {
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
	case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
		return missing(found, topic, config, sentence);
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
		return forbidden(topic, config, sentence);
	case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
	case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
		kafka_sentence(found->err, NULL, config, sentence);
		return TOPICS_WRONG;
	default:
		return TOPICS_UNKNOWN;
	}
}

/* A list with commas: the newest of each key must stay, whatever its age. */
static bool keeps_newest(const char *policy)
{
	return strstr(policy, "compact") != NULL && strstr(policy, "delete") == NULL;
}

/* Adding partitions to a topic that has records would leave them where nobody looks for them, and
 * sums of nodes that are gone lie nowhere but in the topics. */
static enum topic_state other_partitions(const struct topic_found *found, const char *topic,
	const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	return say(sentence,
		"topic %s has %d partitions, and cluster.partitions is %u; set cluster.partitions: "
		"%d on all nodes, or give them new topics (cluster.tallies, cluster.frames) with "
		"%u",
		topic, found->partitions, config->partitions, found->partitions,
		config->partitions);
}

/* Behind what there is already. */
static enum topic_state not_compacted(const struct topic_found *found, const char *topic,
	const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	size_t len = strlen(sentence);

	snprintf(sentence + len, KAFKA_SENTENCE_MAX - len,
		"%stopic %s has cleanup.policy=%s, and compact is needed; change it: "
		"kafka-configs.sh "
		"--bootstrap-server %.*s --entity-type topics --entity-name %s --alter "
		"--add-config cleanup.policy=compact",
		len > 0 ? "; " : "", topic, found->policy, SERVERS_MAX, kafka_servers(config),
		topic);
	return TOPICS_WRONG;
}

enum topic_state topic_verdict(const struct topic_found *found, const char *topic,
	const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	enum topic_state state = TOPICS_GOOD;

	if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return failed(found, topic, config, sentence);
	sentence[0] = '\0';
	if (found->partitions != (int)config->partitions)
		state = other_partitions(found, topic, config, sentence);
	if (!keeps_newest(found->policy))
		state = not_compacted(found, topic, config, sentence);
	return state;
}

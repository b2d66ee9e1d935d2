/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/topic_verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Of the addresses of brokers, in a command to type. */
enum { SERVERS_MAX = 100 };

__attribute__((format(printf, 2, 3))) static enum topic_state say(
	char sentence[KAFKA_SENTENCE_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, KAFKA_SENTENCE_MAX, format, args);
	va_end(args);
	return TOPICS_WRONG;
}

static enum topic_state missing(
	const char *topic, const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	return say(sentence,
		"there is no topic %s; make it: kafka-topics.sh --bootstrap-server %.*s --create "
		"--topic %s --partitions %u --config cleanup.policy=compact",
		topic, SERVERS_MAX, kafka_servers(config), topic, config->partitions);
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
		return missing(topic, config, sentence);
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

static enum topic_state not_compacted(const struct topic_found *found, const char *topic,
	const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	return say(sentence,
		"topic %s has cleanup.policy=%s, and compact is needed; change it: "
		"kafka-configs.sh "
		"--bootstrap-server %.*s --entity-type topics --entity-name %s --alter "
		"--add-config cleanup.policy=compact",
		topic, found->policy, SERVERS_MAX, kafka_servers(config), topic);
}

/* Adding partitions to a topic that has records would leave them where nobody looks for them. */
static enum topic_state other_partitions(const struct topic_found *found, const char *topic,
	const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	return say(sentence,
		"topic %s has %d partitions, and cluster.partitions is %u; set cluster.partitions: "
		"%d on all nodes, or delete both topics (kafka-topics.sh --bootstrap-server %.*s "
		"--delete --topic %s) and make them with %u",
		topic, found->partitions, config->partitions, found->partitions, SERVERS_MAX,
		kafka_servers(config), topic, config->partitions);
}

enum topic_state topic_verdict(const struct topic_found *found, const char *topic,
	const struct config_cluster *config, char sentence[KAFKA_SENTENCE_MAX])
{
	if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return failed(found, topic, config, sentence);
	if (!keeps_newest(found->policy))
		return not_compacted(found, topic, config, sentence);
	if (found->partitions != (int)config->partitions)
		return other_partitions(found, topic, config, sentence);
	return TOPICS_GOOD;
}

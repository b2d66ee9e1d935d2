/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What librdkafka's errors mean here. Brokers that are away, speak TLS where plain text was wanted
 * or are too old look alike to it; only its words tell them apart.
 */
#include "control/cluster/kafka.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { SERVERS_MAX = 80, DETAIL_MAX = 220 };

struct meaning {
	rd_kafka_resp_err_t err;
	const char *words;    // that are in the detail; NULL: any
	const char *sentence; // @: the brokers, with their addresses
};

#define OTHER_MECHANISM "@ do not know the configured sasl.mechanism: use one of theirs"
#define CREDENTIALS                                                                          \
	"@ refuse the credentials: sasl.mechanism, sasl.username and sasl.password must be " \
	"as the brokers have them"
#define NO_TLS                                                                       \
	"no TLS with @: security.protocol must be as their port speaks (PLAINTEXT, " \
	"SSL, SASL_PLAINTEXT or SASL_SSL)"

/* The first one that fits. */
static const struct meaning meanings[] = {
	{RD_KAFKA_RESP_ERR__AUTHENTICATION, "Unsupported SASL mechanism", OTHER_MECHANISM},
	{RD_KAFKA_RESP_ERR__AUTHENTICATION, "current SASL state",
		"the port of @ wants no SASL: security.protocol must be PLAINTEXT or SSL"},
	{RD_KAFKA_RESP_ERR__AUTHENTICATION, NULL, CREDENTIALS},
	{RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, NULL, CREDENTIALS},
	{RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, NULL, OTHER_MECHANISM},
	{RD_KAFKA_RESP_ERR__SSL, "certificate",
		"the certificate of @ is not trusted: ssl.ca.location must have the "
		"authority that signed it, and it must be for the name we connect to"},
	{RD_KAFKA_RESP_ERR__SSL, NULL, NO_TLS},
	{RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, NULL,
		"our Kafka user may not use a topic: allow it with kafka-acls.sh"},
	{RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, NULL,
		"our Kafka user may not join the group (cluster.group): allow it Read on it with "
		"kafka-acls.sh"},
	{RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, NULL,
		"our Kafka user may not use transactional ids that begin with cluster.group: allow "
		"it "
		"Write and Describe on them with kafka-acls.sh"},
	{RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, NULL,
		"our Kafka user may not use the cluster: allow it IdempotentWrite with "
		"kafka-acls.sh"},
	{RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, NULL, "a topic is not there, or is being made"},
	{RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, NULL, "a topic is not there, or is being made"},
	{RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, NULL,
		"a topic has fewer partitions than cluster.partitions: they must be equal"},
	{RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, NULL,
		"@ are too old: Kafka 2.5 or newer is needed"},
	{RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, NULL,
		"@ are too old: Kafka 2.5 or newer is needed"},
	{RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, NULL,
		"@ have no coordinator for transactions: it needs as many of them as their "
		"transaction.state.log.replication.factor says"},
	{RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, NULL,
		"@ do not allow transactions as long as ours: raise "
		"transaction.max.timeout.ms there"},
	{RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, NULL,
		"a record is too large: raise max.message.bytes of the topics"},
	{RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, NULL,
		"too few brokers have a copy of a partition (min.insync.replicas): start those "
		"that "
		"are away"},
	{RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, NULL,
		"too few brokers have a copy of a partition (min.insync.replicas): start those "
		"that "
		"are away"},
	{RD_KAFKA_RESP_ERR__RESOLVE, NULL,
		"no address of @ is found: is the name right, does DNS answer?"},
	{RD_KAFKA_RESP_ERR__TRANSPORT, "might require SASL",
		"@ end connections soon after they are made: they restart, or their port wants "
		"SASL, "
		"which security.protocol must say"},
	{RD_KAFKA_RESP_ERR__TRANSPORT, "security.protocol",
		"@ end the connection at our first request: their port speaks TLS, which "
		"security.protocol must say, or they are older than Kafka 0.10"},
	{RD_KAFKA_RESP_ERR__TRANSPORT, "SSL_HANDSHAKE", NO_TLS},
	{RD_KAFKA_RESP_ERR__TRANSPORT, NULL,
		"@ are not reached: are they up, and is the network between?"},
	{RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, NULL,
		"@ are not reached: are they up, and is the network between?"},
	{RD_KAFKA_RESP_ERR__TIMED_OUT, NULL,
		"@ do not answer: are they up, and is the network between?"},
	{RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, NULL,
		"@ do not answer: are they up, and is the network between?"},
};

/* librdkafka before 2.6.1 repeats its nonce where RFC 5802 wants the server's, which brokers before
 * 4.0 let pass. */
static bool fails_scram(const struct config_cluster *config)
{
	const char *mechanism = kafka_option(config, "sasl.mechanism", "sasl.mechanisms");

	return mechanism != NULL && strncasecmp(mechanism, "SCRAM", 5) == 0 &&
	       rd_kafka_version() < 0x020601ff;
}

static const struct meaning *meaning_of(rd_kafka_resp_err_t err, const char *detail)
{
	static const struct meaning other = {.sentence = "@ report a failure"};

	for (unsigned i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].err == err &&
			(meanings[i].words == NULL || strstr(detail, meanings[i].words) != NULL))
			return &meanings[i];
	return &other;
}

/* A long list of brokers, or of what librdkafka says, leaves room for the rest. */
static void append(char out[KAFKA_SENTENCE_MAX], const char *text, size_t most)
{
	size_t len = strlen(out);

	for (; *text != '\0' && most > 0 && len + 1 < KAFKA_SENTENCE_MAX; text++, most--)
		out[len++] = iscntrl((unsigned char)*text) ? ' ' : *text;
	out[len] = '\0';
}

static void append_sentence(
	char out[KAFKA_SENTENCE_MAX], const char *sentence, const struct config_cluster *config)
{
	const char *at = strchr(sentence, '@');

	append(out, sentence, at == NULL ? KAFKA_SENTENCE_MAX : (size_t)(at - sentence));
	if (at == NULL)
		return;
	append(out, "the brokers (bootstrap.servers=", KAFKA_SENTENCE_MAX);
	append(out, kafka_servers(config), SERVERS_MAX);
	append(out, ")", 1);
	append(out, at + 1, KAFKA_SENTENCE_MAX);
}

/* Without how long it took and how often it came: the same failure is the same sentence. */
static size_t length_of(const char *detail)
{
	const char *end = strstr(detail, " (after ");

	if (end == NULL || end - detail > DETAIL_MAX)
		return DETAIL_MAX;
	return (size_t)(end - detail);
}

void kafka_sentence(rd_kafka_resp_err_t err, const char *detail,
	const struct config_cluster *config, char out[KAFKA_SENTENCE_MAX])
{
	if (detail == NULL || detail[0] == '\0')
		detail = rd_kafka_err2str(err);
	out[0] = '\0';
	const char *sentence = meaning_of(err, detail)->sentence;
	append_sentence(out, sentence, config);
	if (strcmp(sentence, CREDENTIALS) == 0 && fails_scram(config))
		append(out,
			"; if they are: Kafka 4 takes no SCRAM from librdkafka before 2.6.1, use "
			"sasl.mechanism=PLAIN over TLS or certificates",
			KAFKA_SENTENCE_MAX);
	append(out, "; librdkafka: ", KAFKA_SENTENCE_MAX);
	append(out, detail, length_of(detail));
}

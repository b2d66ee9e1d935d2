/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Topics that are not as they must be, and what is said about them.
 */

#include "control/cluster/topic_verdict.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct config_kafka_option options[] = {{"bootstrap.servers", "kafka-1:9092"}};
static const struct config_cluster config = {.partitions = 12, .kafka = options, .n_kafka = 1};
static char sentence[KAFKA_SENTENCE_MAX];

static enum topic_state verdict(rd_kafka_resp_err_t err, const char *policy, int partitions)
{
	struct topic_found found = {.err = err, .partitions = partitions};

	strcpy(found.policy, policy);
	return topic_verdict(&found, "uproar-tallies", &config, sentence);
}

static void expect_says(const char *words)
{
	cr_expect_neq(strstr(sentence, words), NULL, "'%s' is not in: %s", words, sentence);
}

Test(topic, as_it_must_be_is_good)
{
	cr_expect_eq(verdict(RD_KAFKA_RESP_ERR_NO_ERROR, "compact", 12), TOPICS_GOOD);
}

/* Old tallies would be deleted by age, and with them taps. */
Test(topic, that_is_not_compacted_is_wrong)
{
	static const char *const policies[] = {"delete", "compact,delete", "delete,compact", ""};

	for (unsigned i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		cr_expect_eq(verdict(0, policies[i], 12), TOPICS_WRONG, "%s", policies[i]);
		expect_says("kafka-configs.sh --bootstrap-server kafka-1:9092 --entity-type topics "
			    "--entity-name uproar-tallies --alter --add-config "
			    "cleanup.policy=compact");
	}
}

Test(topic, with_fewer_or_more_partitions_is_wrong)
{
	cr_expect_eq(verdict(0, "compact", 11), TOPICS_WRONG);
	expect_says("has 11 partitions, and cluster.partitions is 12");
	expect_says("new topics (cluster.tallies, cluster.frames) with 12");
	cr_expect_eq(strstr(sentence, "delete"), NULL, "%s", sentence);
	cr_expect_eq(verdict(0, "compact", 13), TOPICS_WRONG);
	expect_says("set cluster.partitions: 13 on all nodes");
}

/* What is mended is not to be followed by another error. */
Test(topic, with_two_faults_is_told_both)
{
	cr_expect_eq(verdict(0, "delete", 6), TOPICS_WRONG);
	expect_says("has 6 partitions, and cluster.partitions is 12; ");
	expect_says("has cleanup.policy=delete, and compact is needed; change it: ");
}

static void expect_copies(unsigned brokers, const char *copies, const char *in_sync)
{
	struct topic_found found = {
		.err = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, .brokers = brokers};

	cr_expect_eq(topic_verdict(&found, "uproar-tallies", &config, sentence), TOPICS_WRONG);
	expect_says("kafka-topics.sh --bootstrap-server kafka-1:9092 --create --topic "
		    "uproar-tallies --partitions 12 --replication-factor ");
	expect_says(copies);
	expect_says(in_sync);
}

/* The brokers' own default may be one copy. */
Test(topic, that_is_missing_is_wrong_with_the_command_that_makes_it)
{
	expect_copies(1, "-factor 1 --config cleanup.policy=compact", "min.insync.replicas=1 ");
	expect_copies(2, "-factor 2 --config cleanup.policy=compact", "min.insync.replicas=1 ");
	expect_copies(3, "-factor 3 --config cleanup.policy=compact", "min.insync.replicas=2 ");
	expect_copies(9, "-factor 3 --config cleanup.policy=compact", "min.insync.replicas=2 ");
	expect_copies(0, "-factor 3 --config cleanup.policy=compact", "min.insync.replicas=2 ");
	expect_says("--config max.message.bytes=2097152");
}

Test(topic, that_may_not_be_looked_at_is_wrong)
{
	cr_expect_eq(verdict(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "", 0), TOPICS_WRONG);
	expect_says("--operation DescribeConfigs");
}

Test(topic, of_brokers_that_are_too_old_is_wrong)
{
	cr_expect_eq(verdict(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, "", 0), TOPICS_WRONG);
	expect_says("too old");
}

/* An outage is no reason to say that anything is configured wrong. */
Test(topic, about_which_nobody_answers_is_unknown)
{
	cr_expect_eq(verdict(RD_KAFKA_RESP_ERR__TIMED_OUT, "", 0), TOPICS_UNKNOWN);
	cr_expect_eq(verdict(RD_KAFKA_RESP_ERR__TRANSPORT, "", 0), TOPICS_UNKNOWN);
	cr_expect_eq(verdict(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, "", 0), TOPICS_UNKNOWN);
}

/* Kafka takes names of 249 bytes. A command that is cut off would make another topic. */
Test(topic, with_a_long_name_has_a_sentence_that_ends)
{
	struct topic_found found = {.err = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART};
	char topic[250];

	memset(topic, 't', sizeof(topic) - 1);
	topic[sizeof(topic) - 1] = '\0';
	cr_expect_eq(topic_verdict(&found, topic, &config, sentence), TOPICS_WRONG);
	cr_expect_lt(strlen(sentence), KAFKA_SENTENCE_MAX - 1);
	expect_says("as docs/cluster.md has it, with 12 partitions");
}

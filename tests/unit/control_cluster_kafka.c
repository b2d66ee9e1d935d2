/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Options, errors and log lines of librdkafka, as those who run a cluster see them.
 */

#include "control/cluster/kafka.h"
#include "control/cluster/kafka_log.h"
#include "control/cluster/kafka_options.h"
#include "control/cluster/kafka_standing.h"
#include "control/cluster/kafka_trouble.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <string.h>

enum { OPTIONS_MAX = 8 };

static struct config_kafka_option options[OPTIONS_MAX] = {{"bootstrap.servers", "kafka-1:9092"}};
static struct config_cluster config = {
	.partitions = 12, .node = "n", .kafka = options, .n_kafka = 1};
static char sentence[KAFKA_SENTENCE_MAX];

static void configure(const char *name, const char *value)
{
	cr_assert_lt(config.n_kafka, OPTIONS_MAX);
	options[config.n_kafka++] = (struct config_kafka_option){name, value};
}

static const char *says(rd_kafka_resp_err_t err, const char *detail)
{
	kafka_sentence(err, detail, &config, sentence);
	return sentence;
}

static void expect_has(const char *text, const char *words)
{
	cr_expect_neq(strstr(text, words), NULL, "'%s' is not in: %s", words, text);
}

static void expect_not_has(const char *text, const char *words)
{
	cr_expect_eq(strstr(text, words), NULL, "'%s' is in: %s", words, text);
}

static int open_with(const struct kafka_own_option *own, char *error, size_t cap)
{
	rd_kafka_t *rk = NULL;
	int ret = kafka_open(&rk, RD_KAFKA_PRODUCER, 0, &config, own, NULL, error, cap);

	if (ret == 0)
		rd_kafka_destroy(rk);
	return ret;
}

Test(kafka, errors_say_what_to_do)
{
	expect_has(says(RD_KAFKA_RESP_ERR__AUTHENTICATION, "refused"), "sasl.password");
	expect_has(says(RD_KAFKA_RESP_ERR__AUTHENTICATION, "Broker: Unsupported SASL mechanism"),
		"use one of theirs");
	expect_has(says(RD_KAFKA_RESP_ERR__AUTHENTICATION, "not valid in current SASL state"),
		"wants no SASL");
	expect_has(says(RD_KAFKA_RESP_ERR__SSL, "handshake failed"), "security.protocol");
	expect_has(says(RD_KAFKA_RESP_ERR__SSL, "broker certificate could not be verified"),
		"ssl.ca.location");
	expect_has(says(RD_KAFKA_RESP_ERR__TRANSPORT, "Disconnected"), "are they up");
	expect_has(says(RD_KAFKA_RESP_ERR__TRANSPORT,
			   "might be caused by incorrect security.protocol configuration"),
		"their port speaks TLS");
	expect_has(says(RD_KAFKA_RESP_ERR__TRANSPORT,
			   "verify security.protocol, broker might require SASL authentication"),
		"their port wants SASL");
	expect_has(says(RD_KAFKA_RESP_ERR__TRANSPORT, "eof (after 9ms in state SSL_HANDSHAKE)"),
		"no TLS with");
	expect_has(says(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, NULL), "kafka-acls.sh");
	expect_has(says(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, NULL), "too old");
}

Test(kafka, an_error_without_a_meaning_has_the_words_of_librdkafka)
{
	expect_has(says(RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, "the disk is on fire"),
		"the disk is on fire");
	expect_has(says(RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, NULL), "Disk error");
}

Test(kafka, the_same_failure_is_the_same_sentence)
{
	char first[KAFKA_SENTENCE_MAX];

	strcpy(first, says(RD_KAFKA_RESP_ERR__TRANSPORT, "refused (after 1ms in state CONNECT)"));
	cr_expect_str_eq(first,
		says(RD_KAFKA_RESP_ERR__TRANSPORT, "refused (after 7ms in state CONNECT, 9 more)"));
}

/* Brokers have a say in it. */
Test(kafka, a_sentence_is_one_line_that_ends)
{
	char detail[4 * KAFKA_SENTENCE_MAX], servers[4 * KAFKA_SENTENCE_MAX];

	memset(detail, '\n', sizeof(detail));
	memset(servers, 's', sizeof(servers));
	detail[sizeof(detail) - 1] = servers[sizeof(servers) - 1] = '\0';
	options[0].value = servers;
	says(RD_KAFKA_RESP_ERR__RESOLVE, detail);
	cr_expect_lt(strlen(sentence), KAFKA_SENTENCE_MAX);
	expect_not_has(sentence, "\n");
	expect_has(sentence, "does DNS answer?");
}

/* librdkafka of Debian 12 cannot, and says that the password is wrong. */
Test(kafka, refused_credentials_with_scram_say_that_librdkafka_may_be_too_old)
{
	if (rd_kafka_version() >= 0x020601ff)
		cr_skip_test("this librdkafka can");
	expect_not_has(says(RD_KAFKA_RESP_ERR__AUTHENTICATION, "refused"), "SCRAM");
	configure("sasl.mechanism", "SCRAM-SHA-256");
	expect_has(says(RD_KAFKA_RESP_ERR__AUTHENTICATION, "refused"), "sasl.mechanism=PLAIN");
}

Test(kafka, options_are_passed_through)
{
	const struct kafka_own_option own[] = {{"linger.ms", "3"}, {NULL, NULL}};
	char error[512], value[32];
	size_t len = sizeof(value);
	rd_kafka_t *rk;

	configure("client.id", "mine");
	configure("linger.ms", "7");
	configure("socket.timeout.ms", "2000");
	cr_assert_eq(
		kafka_open(&rk, RD_KAFKA_PRODUCER, 0, &config, own, NULL, error, sizeof(error)), 0,
		"%s", error);
	rd_kafka_conf_get(rd_kafka_conf(rk), "client.id", value, &len);
	cr_expect_str_eq(value, "mine");
	len = sizeof(value);
	rd_kafka_conf_get(rd_kafka_conf(rk), "linger.ms", value, &len);
	cr_expect_str_eq(value, "3", "uproard's own is over the configured one");
	len = sizeof(value);
	rd_kafka_conf_get(rd_kafka_conf(rk), "socket.timeout.ms", value, &len);
	cr_expect_str_eq(value, "2000", "the configured one is over the default");
	rd_kafka_destroy(rk);
}

Test(kafka, a_wrong_option_is_a_sentence_without_its_value)
{
	char error[512];

	configure("sasl.pasword", "hunter2");
	cr_expect_eq(open_with(NULL, error, sizeof(error)), -EINVAL);
	expect_has(error, "has no option 'sasl.pasword'");
	expect_not_has(error, "hunter2");
	options[1] = (struct config_kafka_option){"security.protocol", "hunter2"};
	cr_expect_eq(open_with(NULL, error, sizeof(error)), -EINVAL);
	expect_has(error, "'security.protocol'");
	expect_not_has(error, "hunter2");
}

Test(kafka, a_file_that_is_not_there_is_a_sentence)
{
	char error[512];

	configure("security.protocol", "SSL");
	configure("ssl.ca.location", "/nowhere/ca.pem");
	cr_expect_eq(open_with(NULL, error, sizeof(error)), -EINVAL);
	expect_has(error, "ssl.ca.location");
}

/* One broker that is down is a line for each attempt, of each thread. */
Test(kafka, a_line_of_the_log_is_told_once_in_a_while)
{
	static struct kafka_log_memory memory;

	cr_expect(kafka_log_is_new(&memory, "broker 1: refused (after 3ms in state UP)", 10));
	cr_expect_not(kafka_log_is_new(&memory, "broker 1: refused (after 9ms, 3 more)", 11));
	cr_expect_not(kafka_log_is_new(&memory, "broker 2: refused", 11));
	cr_expect(kafka_log_is_new(&memory, "broker 1: disconnected", 11));
	cr_expect(kafka_log_is_new(&memory, "broker 1: refused", 10 + KAFKA_LOG_AGAIN_S));
	cr_expect_not(kafka_log_is_new(&memory, "broker 1: refused", 11 + KAFKA_LOG_AGAIN_S));
}

Test(kafka, lines_that_are_forgotten_are_the_oldest)
{
	static struct kafka_log_memory memory;
	char line[] = "line A";

	cr_expect(kafka_log_is_new(&memory, "the first", 1));
	for (unsigned i = 1; i < KAFKA_LOG_LINES; i++, line[5]++)
		cr_expect(kafka_log_is_new(&memory, line, 2));
	cr_expect_not(kafka_log_is_new(&memory, "the first", 3));
	cr_expect(kafka_log_is_new(&memory, "one more", 3));
	cr_expect_not(kafka_log_is_new(&memory, "line A", 3));
	cr_expect(kafka_log_is_new(&memory, "the first", 3));
}

Test(kafka, trouble_is_what_says_most_until_something_comes_through)
{
	struct kafka_trouble trouble = {.weight = 0};

	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1", &config);
	expect_has(trouble.sentence, "are they up");
	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR__AUTHENTICATION, "no", &config);
	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1", &config);
	expect_has(trouble.sentence, "credentials");
	kafka_trouble_end(&trouble);
	cr_expect_str_empty(trouble.sentence);
	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1", &config);
	expect_has(trouble.sentence, "are they up");
}

Test(kafka, one_broker_that_is_away_is_no_trouble_but_the_reason_when_all_are)
{
	struct kafka_trouble trouble = {.weight = 0};

	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR__TRANSPORT, "cable cut", &config);
	cr_expect_str_empty(trouble.sentence);
	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "3/3", &config);
	expect_has(trouble.sentence, "cable cut");
	kafka_trouble_end(&trouble);
	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "3/3", &config);
	expect_not_has(trouble.sentence, "cable cut");
}

Test(kafka, an_answer_ends_trouble_unless_a_broker_refused_something)
{
	struct kafka_trouble trouble = {.weight = 0};

	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR__AUTHENTICATION, "no", &config);
	kafka_trouble_answered(&trouble);
	cr_expect_str_empty(trouble.sentence);
	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "no", &config);
	kafka_trouble_answered(&trouble);
	expect_has(trouble.sentence, "kafka-acls.sh");
	kafka_trouble_end(&trouble);
	cr_expect_str_empty(trouble.sentence);
}

/* What an idempotent producer says of a broker that has no InitProducerId (22), which came with
 * Kafka 0.11. */
Test(kafka, a_broker_that_is_too_old_is_trouble_that_says_so)
{
	const struct kafka_own_option own[] = {
		{"test.mock.num.brokers", "1"}, {"enable.idempotence", "true"}, {NULL, NULL}};
	struct kafka_trouble trouble = {.weight = 0};
	char error[512];
	rd_kafka_event_t *event;
	rd_kafka_t *rk;

	cr_assert_eq(
		kafka_open(&rk, RD_KAFKA_PRODUCER, 0, &config, own, NULL, error, sizeof(error)), 0,
		"%s", error);
	rd_kafka_mock_set_apiversion(rd_kafka_handle_mock_cluster(rk), 22, -1, -1);
	rd_kafka_queue_t *events = rd_kafka_queue_get_main(rk);
	while (strstr(trouble.sentence, "too old") == NULL) {
		event = rd_kafka_queue_poll(events, 20000);
		cr_assert_not_null(event, "nothing comes but: %s", trouble.sentence);
		kafka_trouble_take(&trouble, rd_kafka_event_error(event),
			rd_kafka_event_error_string(event), &config);
		rd_kafka_event_destroy(event);
	}
	rd_kafka_queue_destroy(events);
	rd_kafka_destroy(rk);
}

/* A merger has a part for each partition, and all meet the same outage. */
Test(kafka, trouble_is_said_once_in_a_process_and_ends_once)
{
	uint64_t one = kafka_standing_kind("the brokers are away; librdkafka: 1/1 are down");
	uint64_t same = kafka_standing_kind("the brokers are away; librdkafka: refused");
	uint64_t other = kafka_standing_kind("the brokers refuse the password");

	cr_expect(kafka_standing_enter(one));
	cr_expect_not(kafka_standing_enter(same));
	cr_expect(kafka_standing_enter(other));
	kafka_standing_leave(one);
	kafka_standing_leave(same);
	cr_expect_not(kafka_standing_is_over());
	kafka_standing_leave(other);
	cr_expect(kafka_standing_is_over());
	cr_expect_not(kafka_standing_is_over());
	cr_expect(kafka_standing_enter(one), "the next outage is said again");
}

Test(kafka, whoever_ends_in_trouble_is_not_waited_for_to_be_out_of_it)
{
	struct kafka_trouble gone = {.weight = 0}, stays = {.weight = 0};

	kafka_trouble_take(&gone, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1", &config);
	kafka_trouble_take(&stays, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1", &config);
	cr_expect_neq(gone.stands, 0);
	cr_expect_eq(gone.stands, stays.stands);
	kafka_trouble_forget(&gone);
	cr_expect_eq(gone.stands, 0);
	cr_expect_not(kafka_standing_is_over());
	kafka_trouble_forget(&stays);
	cr_expect(kafka_standing_is_over());
}

/* The look at the topics says it, with the command. */
Test(kafka, a_topic_that_is_missing_is_shown_as_trouble_and_not_logged)
{
	struct kafka_trouble trouble = {.weight = 0};

	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "no", &config);
	expect_has(trouble.sentence, "a topic is not there");
	cr_expect_eq(trouble.stands, 0);
	kafka_trouble_take(&trouble, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1", &config);
	expect_has(trouble.sentence, "are they up");
	cr_expect_neq(trouble.stands, 0);
}

static int check_options(unsigned *which, char *error, size_t cap)
{
	config.n_kafka_shown = config.n_kafka;
	return kafka_options_check(&config, which, error, cap);
}

Test(kafka, options_with_which_librdkafka_starts_are_good_without_brokers)
{
	char error[640] = "";
	unsigned which;

	cr_expect_eq(check_options(&which, error, sizeof(error)), 0, "%s", error);
}

Test(kafka, a_file_that_is_not_there_is_named_with_its_option)
{
	char error[640] = "";
	unsigned which = 0;

	configure("security.protocol", "ssl");
	configure("ssl.ca.location", "/nowhere/ca.pem");
	cr_expect_eq(check_options(&which, error, sizeof(error)), -EINVAL);
	cr_expect_eq(which, 2);
	cr_expect_str_eq(error, "librdkafka cannot use the file of 'ssl.ca.location': "
				"/nowhere/ca.pem: No such file or directory");
	config.n_kafka_shown = 0;
	cr_expect_eq(kafka_options_check(&config, &which, error, sizeof(error)), -EINVAL);
	expect_not_has(error, "/nowhere");
}

Test(kafka, options_that_do_not_fit_together_are_found_before_the_start)
{
	char error[640] = "";
	unsigned which;

	configure("session.timeout.ms", "60000");
	configure("max.poll.interval.ms", "10000");
	cr_expect_eq(check_options(&which, error, sizeof(error)), -EINVAL);
	expect_has(error, "max.poll.interval.ms");
}

/* Partitions may be given to another merger in an outage: whoever comes next says that it is over.
 */
Test(kafka, who_was_in_no_trouble_says_that_it_is_over_if_the_others_are_gone)
{
	struct kafka_trouble gone = {.weight = 0}, next = {.weight = 0};

	kafka_trouble_take(&gone, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1", &config);
	kafka_trouble_forget(&gone);
	kafka_trouble_answered(&next);
	kafka_trouble_end(&next);
	cr_expect_not(kafka_standing_is_over(), "it has been said");
}

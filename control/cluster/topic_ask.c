/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/topic_ask.h"

#include <stdio.h>
#include <string.h>

static void take_policy(const rd_kafka_ConfigResource_t *topic, struct topic_found *out)
{
	size_t n;
	const rd_kafka_ConfigEntry_t **settings = rd_kafka_ConfigResource_configs(topic, &n);

	out->err = rd_kafka_ConfigResource_error(topic);
	for (size_t i = 0; i < n; i++) {
		const char *value = rd_kafka_ConfigEntry_value(settings[i]);

		if (value != NULL &&
			strcmp(rd_kafka_ConfigEntry_name(settings[i]), "cleanup.policy") == 0)
			snprintf(out->policy, sizeof(out->policy), "%s", value);
	}
}

static void take_answer(rd_kafka_event_t *answer, struct topic_found *out)
{
	size_t n = 0;

	if (answer == NULL) {
		out->err = RD_KAFKA_RESP_ERR__TIMED_OUT;
		return;
	}
	out->err = rd_kafka_event_error(answer);
	if (out->err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	const rd_kafka_ConfigResource_t **topics = rd_kafka_DescribeConfigs_result_resources(
		rd_kafka_event_DescribeConfigs_result(answer), &n);
	out->err = RD_KAFKA_RESP_ERR__BAD_MSG;
	if (n > 0)
		take_policy(topics[0], out);
}

static void ask_settings(
	rd_kafka_t *rk, const char *topic, int patience_ms, struct topic_found *out)
{
	rd_kafka_queue_t *answers = rd_kafka_queue_new(rk);
	rd_kafka_AdminOptions_t *options =
		rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
	rd_kafka_ConfigResource_t *which =
		rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);

	rd_kafka_AdminOptions_set_request_timeout(options, patience_ms, NULL, 0);
	rd_kafka_DescribeConfigs(rk, &which, 1, options, answers);
	rd_kafka_event_t *answer = rd_kafka_queue_poll(answers, 2 * patience_ms);
	take_answer(answer, out);
	if (answer != NULL)
		rd_kafka_event_destroy(answer);
	rd_kafka_ConfigResource_destroy(which);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(answers);
}

static void take_partitions(const struct rd_kafka_metadata *all, struct topic_found *out)
{
	out->err = RD_KAFKA_RESP_ERR__BAD_MSG;
	if (all->topic_cnt != 1)
		return;
	out->err = all->topics[0].err;
	out->partitions = all->topics[0].partition_cnt;
}

static void ask_partitions(
	rd_kafka_t *rk, const char *topic, int patience_ms, struct topic_found *out)
{
	const struct rd_kafka_metadata *all;
	rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);

	if (handle == NULL) {
		out->err = rd_kafka_last_error();
		return;
	}
	out->err = rd_kafka_metadata(rk, 0, handle, &all, patience_ms);
	if (out->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
		take_partitions(all, out);
		rd_kafka_metadata_destroy(all);
	}
	rd_kafka_topic_destroy(handle);
}

/* Brokers name themselves with every answer about a topic; that of this name is never there, since
 * none can have it, so none is made. */
static unsigned ask_brokers(rd_kafka_t *rk, int patience_ms)
{
	const struct rd_kafka_metadata *all;
	rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, ".", NULL);
	unsigned brokers = 0;

	if (handle == NULL)
		return 0;
	if (rd_kafka_metadata(rk, 0, handle, &all, patience_ms) == RD_KAFKA_RESP_ERR_NO_ERROR) {
		brokers = (unsigned)all->broker_cnt;
		rd_kafka_metadata_destroy(all);
	}
	rd_kafka_topic_destroy(handle);
	return brokers;
}

/* The settings first: brokers may make a topic whose partitions are asked for. */
void topic_ask(rd_kafka_t *rk, const char *topic, int patience_ms, struct topic_found *out)
{
	*out = (struct topic_found){.err = RD_KAFKA_RESP_ERR_NO_ERROR};
	ask_settings(rk, topic, patience_ms, out);
	if (out->err == RD_KAFKA_RESP_ERR_NO_ERROR)
		ask_partitions(rk, topic, patience_ms, out);
	if (out->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
		out->brokers = ask_brokers(rk, patience_ms);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/log.h"
#include "control/cluster/publisher_state.h"

#include <errno.h>
#include <string.h>

enum { FATAL_DETAIL_MAX = 256 };

int publisher_producer_open(struct publisher *p, char *error, size_t cap)
{
	/* Idempotent, so that a repeated request neither doubles a record nor puts it behind a
	 * newer one. Nothing expires: what is on its way is one round, and the next has the newest
	 * state anyway. */
	const struct kafka_own_option own[] = {
		{"enable.idempotence", "true"},
		{"message.timeout.ms", "0"},
		{"compression.codec", kafka_codec(p->cluster)},
		{NULL, NULL},
	};
	int ret = kafka_open(
		&p->producer, RD_KAFKA_PRODUCER, RD_KAFKA_EVENT_DR, p->cluster, own, p, error, cap);

	if (ret < 0)
		return ret;
	p->fatal = false;
	p->queue = rd_kafka_queue_get_main(p->producer);
	kafka_wake(p->queue, p->wake);
	p->topic = rd_kafka_topic_new(p->producer, p->cluster->tallies, NULL);
	p->check = topic_check_open(p->producer, p->cluster, TOPIC_TALLIES, p->wake);
	if (p->topic != NULL && p->check != NULL)
		return 0;
	snprintf(error, cap, "cluster: out of memory");
	publisher_producer_close(p);
	return -ENOMEM;
}

/* What was still on its way is no more, and comes to no end of its own. */
void publisher_producer_close(struct publisher *p)
{
	if (p->producer == NULL)
		return;
	topic_check_close(p->check);
	if (p->topic != NULL)
		rd_kafka_topic_destroy(p->topic);
	rd_kafka_purge(p->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	rd_kafka_queue_destroy(p->queue);
	rd_kafka_destroy(p->producer);
	p->producer = NULL;
	p->queue = NULL;
	p->topic = NULL;
	p->check = NULL;
	p->topics = TOPICS_UNKNOWN;
	for (unsigned i = 0; i < p->cluster->partitions; i++)
		p->lanes[i].on_way = 0;
}

void publisher_trouble(struct publisher *p, rd_kafka_resp_err_t err, const char *detail)
{
	bool had = p->trouble.weight > 0;

	kafka_trouble_take(&p->trouble, err, detail, p->cluster);
	if (had || p->trouble.weight == 0)
		return;
	p->answers = topic_check_answers(p->check);
	topic_check_hurry(p->check);
}

static void take_deliveries(struct publisher *p, rd_kafka_event_t *event)
{
	const rd_kafka_message_t *m;

	while ((m = rd_kafka_event_message_next(event)) != NULL) {
		bool taken = m->err == RD_KAFKA_RESP_ERR_NO_ERROR;

		if (taken)
			kafka_trouble_end(&p->trouble);
		else
			publisher_trouble(p, m->err, rd_kafka_err2str(m->err));
		publisher_delivered(p, m->_private, taken, m->key_len + m->len);
	}
}

static void take_error(struct publisher *p, rd_kafka_event_t *event)
{
	char detail[FATAL_DETAIL_MAX] = "";
	rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(p->producer, detail, sizeof(detail));

	if (fatal == RD_KAFKA_RESP_ERR_NO_ERROR) {
		publisher_trouble(
			p, rd_kafka_event_error(event), rd_kafka_event_error_string(event));
		return;
	}
	if (!p->fatal)
		LOG_ERROR("the producer of tallies has come to an end, and another follows with "
			  "the next window: %s",
			detail);
	p->fatal = true;
	publisher_trouble(p, fatal, detail);
}

static void take_event(struct publisher *p, rd_kafka_event_t *event)
{
	switch (rd_kafka_event_type(event)) {
	case RD_KAFKA_EVENT_DR:
		take_deliveries(p, event);
		break;
	case RD_KAFKA_EVENT_ERROR:
		take_error(p, event);
		break;
	default:
		break;
	}
	rd_kafka_event_destroy(event);
}

void publisher_producer_serve(struct publisher *p, int wait_ms)
{
	rd_kafka_event_t *event;

	if (p->producer == NULL)
		return;
	for (; (event = rd_kafka_queue_poll(p->queue, wait_ms)) != NULL; wait_ms = 0)
		take_event(p, event);
	p->topics = topic_check_serve(p->check, p->wrong);
	if (topic_check_answers(p->check) != p->answers)
		kafka_trouble_answered(&p->trouble);
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/kafka_trouble.h"

#include "control/cluster/kafka_standing.h"
#include "control/cluster/log.h"

#include <string.h>

/* How much an error says. */
enum { NOTHING, ONE_IS_AWAY, OF_TOPICS, ALL_ARE_AWAY, WHY };

static unsigned weight_of(rd_kafka_resp_err_t err)
{
	switch (err) {
	case RD_KAFKA_RESP_ERR_NO_ERROR:
		return NOTHING;
	case RD_KAFKA_RESP_ERR__TRANSPORT:
	case RD_KAFKA_RESP_ERR__TIMED_OUT:
	case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
	/* A start of the brokers, or a move: librdkafka goes on. */
	case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
	case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
		return ONE_IS_AWAY;
	case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
	case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
		return OF_TOPICS;
	case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
		return ALL_ARE_AWAY;
	default:
		return WHY;
	}
}

static void leave(struct kafka_trouble *t)
{
	if (t->stands != 0)
		kafka_standing_leave(t->stands);
	t->stands = 0;
}

/* What is wrong with a topic is for the look at the topics to say, with the command that mends it.
 */
static void log_once(struct kafka_trouble *t)
{
	uint64_t kind = kafka_standing_kind(t->sentence);

	if (t->weight == OF_TOPICS || kind == t->stands)
		return;
	bool first = kafka_standing_enter(kind);
	leave(t);
	t->stands = kind;
	if (first)
		LOG_WARNING("%s", t->sentence);
}

void kafka_trouble_take(struct kafka_trouble *t, rd_kafka_resp_err_t err, const char *detail,
	const struct config_cluster *config)
{
	const unsigned weight = weight_of(err);

	if (weight <= t->weight)
		return;
	if (weight == ONE_IS_AWAY) {
		kafka_sentence(err, detail, config, t->away);
		return;
	}
	if (weight == ALL_ARE_AWAY && t->away[0] != '\0')
		strcpy(t->sentence, t->away);
	else
		kafka_sentence(err, detail, config, t->sentence);
	t->weight = weight;
	log_once(t);
	t->of_broker = err > RD_KAFKA_RESP_ERR_NO_ERROR; // librdkafka's own are negative
}

void kafka_trouble_end(struct kafka_trouble *t)
{
	leave(t);
	if (kafka_standing_is_over())
		LOG_INFO("the brokers answer again");
	t->away[0] = '\0';
	t->weight = NOTHING;
	t->of_broker = false;
	t->sentence[0] = '\0';
}

void kafka_trouble_forget(struct kafka_trouble *t)
{
	leave(t);
	*t = (struct kafka_trouble){.weight = NOTHING};
}

void kafka_trouble_answered(struct kafka_trouble *t)
{
	if (t->weight != NOTHING && !t->of_broker)
		kafka_trouble_end(t);
}

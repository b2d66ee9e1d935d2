/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/share.h"

#include <string.h>

enum { TAKE_MAX = 10000 }; // then others of the share's business have their turn

void share_take_tally(struct share *s, const rd_kafka_message_t *m)
{
	s->next_offset = m->offset + 1;
	partition_tallies_record(s->partition, m->key, m->key_len, m->payload, m->len);
}

static void take_error(struct share *s, rd_kafka_event_t *event)
{
	rd_kafka_topic_partition_t *end;

	if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
		kafka_trouble_take(&s->trouble, rd_kafka_event_error(event),
			rd_kafka_event_error_string(event), s->merger->cluster);
		return;
	}
	end = rd_kafka_event_topic_partition(event);
	if (end != NULL && end->partition == (int32_t)s->number)
		s->end_offset = end->offset;
	if (end != NULL)
		rd_kafka_topic_partition_destroy(end);
}

unsigned share_take(struct share *s, rd_kafka_queue_t *queue, int wait_ms,
	void (*take)(struct share *s, const rd_kafka_message_t *m))
{
	const rd_kafka_message_t *m;
	rd_kafka_event_t *event;
	unsigned n = 0;

	s->end_offset = RD_KAFKA_OFFSET_INVALID;
	while (n < TAKE_MAX && s->end_offset == RD_KAFKA_OFFSET_INVALID &&
		(event = rd_kafka_queue_poll(queue, n == 0 ? wait_ms : 0)) != NULL) {
		if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_FETCH) {
			while ((m = rd_kafka_event_message_next(event)) != NULL)
				take(s, m);
		} else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
			take_error(s, event);
		}
		rd_kafka_event_destroy(event);
		n++;
	}
	return n;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * SUBSCRIBE and UNSUBSCRIBE: the connection's filters change, and so its list of topics.
 */

#include "fanout/engine.h"
#include "fanout/mqtt_connection.h"
#include "fanout/mqtt_packet.h"
#include "fanout/mqtt_write.h"
#include "fanout/socket_buffer.h"

/* An answer as it is being written: its codes are behind its head. A code is shorter than a filter.
 */
struct acknowledgement {
	uint8_t packet[MQTT_PACKET_MAX];
	size_t len;
};

static void begin(struct acknowledgement *ack, enum mqtt_type type, const struct mqtt *m,
	const struct mqtt_filters *filters)
{
	ack->len = mqtt_put_ack(ack->packet, type, m->version, filters->packet_id, filters->n);
}

static void add_code(struct acknowledgement *ack, uint8_t code)
{
	ack->packet[ack->len++] = code;
}

/* Puts a filter into the set. The code for it. */
static enum mqtt_reason add_filter(struct mqtt_filter_set *set, const struct mqtt_asked *asked,
	const struct mqtt_filter *filter, unsigned limit)
{
	unsigned i = mqtt_filter_set_find(set, filter->hash);
	bool is_new = i == set->n;

	if (is_new && set->n >= limit)
		return MQTT_QUOTA_EXCEEDED;
	if (is_new) {
		set->n++;
		set->answered[i] = false;
	}
	set->filters[i] = *filter;
	set->filters[i].retain_as_published = asked->retain_as_published;
	if (asked->retain_handling == MQTT_RETAINED_ALWAYS ||
		(asked->retain_handling == MQTT_RETAINED_IF_NEW && is_new))
		set->answered[i] = true;
	return MQTT_OK;
}

/* All filters of the packet. Not MQTT_OK: the connection ends for this reason. */
static enum mqtt_reason add_filters(struct connection *c, struct mqtt_filter_set *set,
	struct mqtt_filters *filters, struct acknowledgement *ack)
{
	struct mqtt_asked asked;
	struct mqtt_filter filter;

	while (mqtt_filters_next(filters, &asked)) {
		enum mqtt_reason reason = mqtt_filter_compile(asked.filter, &filter);

		if (reason == MQTT_INVALID_FILTER)
			return reason;
		if (reason == MQTT_SHARED_UNSUPPORTED && asked.no_local)
			return MQTT_PROTOCOL_ERROR; // 3.8.3.1
		if (reason == MQTT_OK)
			reason = add_filter(set, &asked, &filter,
				engine_limit(&c->thread->fanout->max_filters));
		add_code(ack, mqtt_suback_code(mqtt_of(c)->version, reason));
	}
	return MQTT_OK;
}

/* What the kernel may hold for it. */
static void bound_socket(struct connection *c, const struct topic_list *list)
{
	enum topic_kind kind = TOPIC_BINARY;

	for (uint32_t i = 0; i < list->n && kind == TOPIC_BINARY; i++)
		kind = topic_kind(list->topics[i]);
	if (list->n > 0)
		socket_buffer_bound(c->fd, kind, list->n);
}

/* Nothing about its list changed after all. */
static void go_on(struct connection *c)
{
	c->subscription.held = false;
	connection_continue(c);
}

/*
 * Answers, and goes over to the list of the set, which may be NULL: the set is empty. The answer
 * goes out before any frame of that list.
 */
static void change_list(struct connection *c, const struct acknowledgement *ack,
	struct topic_list *list, uint32_t first)
{
	mqtt_answer(c, ack->packet, ack->len);
	if (c->finishing || c->closing) {
		if (list != NULL)
			topic_list_unref(&c->thread->lists, list);
	} else if (list == NULL) {
		connection_unsubscribe(c);
	} else {
		bound_socket(c, list);
		connection_subscribe(c, list, first);
	}
}

/* There is no room for such a list. */
static void refuse_all(struct connection *c, struct acknowledgement *ack, unsigned n)
{
	ack->len -= n;
	for (unsigned i = 0; i < n; i++)
		add_code(ack, mqtt_suback_code(mqtt_of(c)->version, MQTT_QUOTA_EXCEEDED));
	mqtt_answer(c, ack->packet, ack->len);
	go_on(c);
}

void mqtt_on_subscribe(struct connection *c, const struct mqtt_packet *p)
{
	struct mqtt *m = mqtt_of(c);
	struct mqtt_finder *finder = &c->thread->mqtt->finder;
	struct mqtt_filters filters;
	struct acknowledgement ack;
	uint32_t first;
	enum mqtt_reason reason =
		mqtt_subscribe_parse(p->body, p->header.length, m->version, &filters);

	if (reason == MQTT_OK) {
		begin(&ack, MQTT_SUBACK, m, &filters);
		mqtt_filter_set_load(&finder->set, c->subscription.list);
		reason = add_filters(c, &finder->set, &filters, &ack);
	}
	if (reason != MQTT_OK) {
		mqtt_end(c, reason);
		return;
	}
	if (finder->set.n == 0) { // none was granted
		change_list(c, &ack, NULL, 0);
		return;
	}
	struct topic_list *list = mqtt_topics_get(&c->thread->lists, finder, &first);
	if (list == NULL)
		refuse_all(c, &ack, filters.n);
	else
		change_list(c, &ack, list, first);
}

/* Takes the filters of the packet out of the set. */
static void remove_filters(const struct mqtt *m, struct mqtt_filter_set *set,
	struct mqtt_filters *filters, struct acknowledgement *ack)
{
	struct mqtt_asked asked;
	struct mqtt_filter filter;

	while (mqtt_filters_next(filters, &asked)) {
		bool sound = mqtt_filter_compile(asked.filter, &filter) == MQTT_OK;
		unsigned i = sound ? mqtt_filter_set_find(set, filter.hash) : set->n;

		if (m->version == MQTT_5)
			add_code(ack, i < set->n ? MQTT_OK : MQTT_NO_SUBSCRIPTION);
		if (i < set->n)
			mqtt_filter_set_remove(set, i);
	}
}

void mqtt_on_unsubscribe(struct connection *c, const struct mqtt_packet *p)
{
	struct mqtt *m = mqtt_of(c);
	struct mqtt_finder *finder = &c->thread->mqtt->finder;
	struct topic_list *list = NULL;
	struct mqtt_filters filters;
	struct acknowledgement ack;
	uint32_t first = 0;
	enum mqtt_reason reason =
		mqtt_unsubscribe_parse(p->body, p->header.length, m->version, &filters);

	if (reason != MQTT_OK) {
		mqtt_end(c, reason);
		return;
	}
	begin(&ack, MQTT_UNSUBACK, m, &filters);
	mqtt_filter_set_load(&finder->set, c->subscription.list);
	remove_filters(m, &finder->set, &filters, &ack);
	if (finder->set.n > 0)
		list = mqtt_topics_get(&c->thread->lists, finder, &first);
	if (finder->set.n > 0 && list == NULL)
		connection_close(c); // there is no memory, and no code that says so
	else
		change_list(c, &ack, list, first);
}

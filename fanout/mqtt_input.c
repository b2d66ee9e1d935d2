/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What an MQTT client sends: from bytes, or the messages of a WebSocket, to packets, and to what
 * deals with them. It stops while an answer is on its way, and keeps the rest for later.
 */

#include "fanout/engine.h"
#include "fanout/mqtt.h"
#include "fanout/mqtt_connection.h"
#include "fanout/mqtt_packet.h"
#include "fanout/mqtt_write.h"

#include <stdlib.h>

static bool stopped(const struct connection *c)
{
	return c->paused || c->finishing || c->closing;
}

/*
 * Is this the moment to subscribe anew? If not, no new round begins, and at the end of this one it
 * is.
 */
static bool between_rounds(struct connection *c)
{
	struct subscription *s = &c->subscription;

	if (!connection_is_subscriber(c))
		return true;
	if (!s->held)
		connection_continue(c); // what has come in the meantime is of this round
	if (c->closing)
		return false;
	s->held = true;
	return subscription_is_done(s);
}

static void on_ping(struct connection *c, const struct mqtt_packet *p)
{
	uint8_t packet[MQTT_ANSWER_MAX];

	if (p->header.length != 0)
		mqtt_end(c, MQTT_MALFORMED);
	else
		mqtt_answer(c, packet, mqtt_put_pingresp(packet));
}

static void on_disconnect(struct connection *c, const struct mqtt_packet *p)
{
	const struct mqtt *m = mqtt_of(c);

	mqtt_end(
		c, mqtt_disconnect_parse(p->body, p->header.length, m->version, m->session_expiry));
}

static void dispatch(struct connection *c, const struct mqtt_packet *p)
{
	switch (p->header.type) {
	case MQTT_SUBSCRIBE:
		mqtt_on_subscribe(c, p);
		break;
	case MQTT_UNSUBSCRIBE:
		mqtt_on_unsubscribe(c, p);
		break;
	case MQTT_PINGREQ:
		on_ping(c, p);
		break;
	case MQTT_DISCONNECT:
		on_disconnect(c, p);
		break;
	case MQTT_AUTH:
		mqtt_end(c, MQTT_BAD_AUTHENTICATION);
		break;
	default: // a second CONNECT
		mqtt_end(c, MQTT_PROTOCOL_ERROR);
	}
}

static void handle(struct connection *c, const struct mqtt_packet *p)
{
	struct mqtt *m = mqtt_of(c);

	if (!m->accepted) {
		if (p->header.type == MQTT_CONNECT)
			mqtt_on_connect(c, p);
		else
			mqtt_end(c, MQTT_PROTOCOL_ERROR);
	} else if (m->version == MQTT_5 && !p->header.minimal) {
		mqtt_end(c, MQTT_MALFORMED);
	} else {
		dispatch(c, p);
	}
}

/* The client has said something. */
static void renew_deadline(struct connection *c)
{
	const struct mqtt *m = mqtt_of(c);

	if (m->accepted && !c->finishing && !c->closing)
		connection_set_deadline(c, m->keep_alive == 0 ? 0 : m->keep_alive + 1);
}

static bool changes_topics(const struct mqtt *m, const struct mqtt_packet *p)
{
	return m->accepted &&
	       (p->header.type == MQTT_SUBSCRIBE || p->header.type == MQTT_UNSUBSCRIBE);
}

/* Deals with packets until it has to stop; returns how many bytes it has dealt with. */
static size_t take_packets(struct connection *c, const uint8_t *bytes, size_t len)
{
	struct mqtt *m = mqtt_of(c);
	struct mqtt_packet p;
	enum mqtt_reason reason;
	size_t at = 0;

	while (!stopped(c)) {
		size_t used = mqtt_stream_next(&m->stream, bytes + at, len - at, &p, &reason);

		if (reason != MQTT_OK) {
			mqtt_end(c, reason);
			return len;
		}
		if (p.header.len == 0)
			return len;
		renew_deadline(c);
		if (changes_topics(m, &p) && !between_rounds(c)) {
			c->paused = true; // it is looked at again then
			return m->stream.kept != NULL ? at + used : at;
		}
		at += used;
		handle(c, &p);
		mqtt_stream_forget(&m->stream);
		if (p.header.type == MQTT_CONNECT)
			renew_deadline(c); // from now on by the client's keep alive
	}
	return at;
}

/* Keeps what it has not dealt with, of which the first plain bytes are decoded. */
static void keep_for_later(struct connection *c, const uint8_t *bytes, size_t len, size_t plain)
{
	struct mqtt *m = mqtt_of(c);

	if (len == 0 || c->finishing || c->closing)
		return;
	m->later = input_append(NULL, bytes, len);
	m->later_plain = (uint32_t)plain;
	if (m->later == NULL)
		connection_close(c);
}

/* Deals with bytes, of which the first plain ones are decoded, until it has to stop. */
static void take(struct connection *c, uint8_t *bytes, size_t len, size_t plain)
{
	struct mqtt *m = mqtt_of(c);
	struct websocket_event event;
	size_t at = 0;

	if (m->websocket && !mqtt_need_decoder(c)) {
		connection_close(c);
		return;
	}
	for (;;) {
		size_t used = take_packets(c, bytes + at, plain);

		at += used;
		plain -= used;
		if (!m->websocket || stopped(c) || at == len)
			break;
		at += websocket_decode(m->decoder, bytes + at, len - at, &event);
		plain = mqtt_on_websocket(c, &event);
		at -= plain;
		if (event.type == WEBSOCKET_NOTHING)
			break;
	}
	keep_for_later(c, bytes + at, len - at, plain);
	mqtt_give_back_decoder(c);
}

static bool make_state(struct connection *c)
{
	struct mqtt *m = c->state = pool_take(&c->thread->mqtt->connections);

	if (m == NULL)
		return false;
	m->entry = -1;
	m->websocket = c->protocol == &mqtt_websocket_protocol;
	return true;
}

void mqtt_on_input(struct connection *c, uint8_t *bytes, size_t len)
{
	if (c->state == NULL && !make_state(c))
		connection_close(c);
	else
		take(c, bytes, len, mqtt_of(c)->websocket ? 0 : len);
}

void mqtt_resume(struct connection *c)
{
	struct mqtt *m = mqtt_of(c);
	uint8_t nothing[1] = {0};

	if (m == NULL || !c->paused)
		return;
	struct input *in = m->later;
	m->later = NULL;
	c->paused = false;
	if (in == NULL)
		take(c, nothing, 0, 0);
	else
		take(c, in->bytes, in->len, m->later_plain);
	free(in);
	connection_receive(c);
}

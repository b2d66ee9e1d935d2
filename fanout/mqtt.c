/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt.h"

#include "fanout/engine.h"
#include "fanout/mqtt_connection.h"
#include "fanout/stats.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { REFUSED_SECONDS = 5 }; // for one beyond the limit to say its version

int mqtt_thread_init(struct engine_thread *t, unsigned connections)
{
	t->mqtt = calloc(1, sizeof(*t->mqtt));
	return t->mqtt == NULL ? -ENOMEM
			       : pool_init(&t->mqtt->connections, sizeof(struct mqtt), connections);
}

void mqtt_thread_fini(struct engine_thread *t)
{
	if (t->mqtt == NULL)
		return;
	pool_fini(&t->mqtt->connections);
	free(t->mqtt);
}

/*
 * While an answer cannot be sent, nothing is read: then what the client has said since lies in the
 * socket. One that takes nothing for long is closed by the kernel anyway (listener_bind.c).
 */
static bool has_spoken(const struct connection *c)
{
	uint8_t byte;

	return c->paused && recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static void on_deadline(struct connection *c)
{
	const struct mqtt *m = mqtt_of(c);

	if (m == NULL || !m->accepted) {
		if (!c->refused) {
			stat_add(&c->thread->stats.timed_out, 1);
			connection_count_refusal(c, FANOUT_REFUSED_timed_out);
		}
		connection_close(c); // nothing may be said before CONNECT
	} else if (has_spoken(c)) {
		connection_set_deadline(c, m->keep_alive + 1);
	} else {
		mqtt_end(c, MQTT_KEEP_ALIVE_TIMEOUT);
	}
}

/* Only behind its CONNECT it can be told, in its version. */
static void on_refused(struct connection *c, enum fanout_refusal reason)
{
	connection_count_refusal(c, reason);
	connection_set_deadline(c, REFUSED_SECONDS);
	connection_receive(c);
}

static void on_stopping(struct connection *c)
{
	if (mqtt_of(c) == NULL)
		connection_finish(c);
	else
		mqtt_end(c, MQTT_SHUTTING_DOWN);
}

static void on_closed(struct connection *c)
{
	struct mqtt *m = mqtt_of(c);
	struct mqtt_thread *t = c->thread->mqtt;

	if (m == NULL)
		return;
	mqtt_stream_forget(&m->stream);
	free(m->later);
	if (m->entry >= 0)
		mqtt_clients_give_back(c->thread->fanout->mqtt_clients, m->entry);
	pool_give(&c->thread->decoders, m->decoder);
	pool_give(&t->connections, m);
	c->state = NULL;
}

void mqtt_end_taken_over(struct engine_thread *t)
{
	struct mqtt_client client;

	while (mqtt_clients_next_taken_over(t->fanout->mqtt_clients, t->id, &client)) {
		struct connection *c = &t->connections.slots[client.connection];

		if (c->generation != client.generation || c->finishing || c->closing)
			continue;
		mqtt_end(c, MQTT_TAKEN_OVER);
		connection_settle(c);
	}
}

/* ENCODING_MQTT is the first of all combinations of these bits. */
#define FORM(bits) ((enum encoding)(ENCODING_MQTT + (bits)))
#define FORMS(bits)                                                               \
	{                                                                         \
		[TOPIC_BINARY] = {FORM(bits), FORM((bits) | MQTT_FORM_RETAINED)}, \
		[TOPIC_JSON] = {FORM((bits) | MQTT_FORM_JSON),                    \
			FORM((bits) | MQTT_FORM_JSON | MQTT_FORM_RETAINED)},      \
	}
#define MQTT_PROTOCOL(bits)                                                                    \
	{                                                                                      \
		.name = "mqtt", .encodings = FORMS(bits), .alpn = "mqtt",                      \
		.gauge = offsetof(struct fanout_stats, mqtt), .on_input = mqtt_on_input,       \
		.on_end = connection_close, .on_room = mqtt_resume, .on_drained = mqtt_resume, \
		.on_deadline = on_deadline, .on_refused = on_refused,                          \
		.on_channels_ended = mqtt_resume, /* others may be opened */                   \
			.on_stopping = on_stopping, .on_closed = on_closed,                    \
	}

const struct protocol mqtt_protocol = MQTT_PROTOCOL(0);
const struct protocol mqtt_websocket_protocol = MQTT_PROTOCOL(MQTT_FORM_WEBSOCKET);
static const struct protocol mqtt_5_protocol = MQTT_PROTOCOL(MQTT_FORM_5);
static const struct protocol mqtt_5_websocket_protocol =
	MQTT_PROTOCOL(MQTT_FORM_5 | MQTT_FORM_WEBSOCKET);

const struct protocol *mqtt_5_protocol_of(const struct connection *c)
{
	return c->protocol == &mqtt_protocol ? &mqtt_5_protocol : &mqtt_5_websocket_protocol;
}

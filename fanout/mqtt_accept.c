/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * CONNECT: who is accepted, and under which name.
 */

#include "fanout/engine.h"
#include "fanout/mqtt.h"
#include "fanout/mqtt_connect.h"
#include "fanout/mqtt_connection.h"
#include "fanout/mqtt_write.h"

#include <stdio.h>
#include <sys/random.h>

/* The version in which a refusal is written. A version to come has probably the form of 5. */
static uint8_t answer_version(uint8_t level)
{
	if (level == 0)
		return 0; // no MQTT: nothing is said
	return level < MQTT_5 ? MQTT_3_1_1 : MQTT_5;
}

static bool assign_id(char out[static MQTT_ASSIGNED_ID_LEN + 1])
{
	uint8_t bytes[16];
	int n = sprintf(out, "uproar-");

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return false;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		n += sprintf(out + n, "%02x", bytes[i]);
	return true;
}

/* The id is this connection's from now on. False if there is no entry for it. */
static bool take_id(struct connection *c, struct mqtt_text id)
{
	struct engine_thread *t = c->thread;
	struct mqtt_client client = {t->id, (uint32_t)(c - t->connections.slots), c->generation};
	int taken_over, entry = mqtt_clients_take(t->fanout->mqtt_clients, id, client, &taken_over);

	if (entry < 0)
		return false;
	mqtt_of(c)->entry = entry;
	if (taken_over == (int)t->id)
		mqtt_end_taken_over(t);
	else if (taken_over >= 0)
		engine_wake(&t->fanout->threads[taken_over]);
	return true;
}

/* Of a packet with its envelope: more than there can be is any length. */
static uint32_t packet_max(const struct mqtt *m)
{
	uint8_t header[WEBSOCKET_HEADER_MAX];
	uint32_t envelope = !m->websocket ? 0
					  : (uint32_t)websocket_put_header(
						    header, WEBSOCKET_BINARY, m->maximum_packet);

	return m->maximum_packet > UINT32_MAX - envelope || m->maximum_packet == 0
		       ? 0
		       : m->maximum_packet + envelope;
}

static void accept_client(struct connection *c, const struct mqtt_connect *connect)
{
	struct mqtt *m = mqtt_of(c);
	struct mqtt_text id = connect->client_id;
	char assigned[MQTT_ASSIGNED_ID_LEN + 1] = "";
	uint8_t packet[MQTT_ANSWER_MAX];

	if (id.len == 0 && m->version == MQTT_5) {
		if (!assign_id(assigned)) {
			mqtt_end(c, MQTT_BUSY);
			return;
		}
		id = (struct mqtt_text){(const uint8_t *)assigned, MQTT_ASSIGNED_ID_LEN};
	}
	if (id.len > 0 && !take_id(c, id)) {
		mqtt_end(c, MQTT_BUSY);
		return;
	}
	m->accepted = true;
	c->packet_max = packet_max(m);
	if (m->version == MQTT_5)
		connection_set_protocol(c, mqtt_5_protocol_of(c));
	struct mqtt_connack connack = {
		.version = m->version,
		.assigned_id = assigned[0] != '\0' ? assigned : NULL,
		.forgets = connect->session_expiry != 0,
	};
	mqtt_answer(c, packet, mqtt_put_connack(packet, &connack));
}

void mqtt_on_connect(struct connection *c, const struct mqtt_packet *p)
{
	struct mqtt *m = mqtt_of(c);
	struct mqtt_connect connect;
	enum mqtt_reason reason = mqtt_connect_parse(p->body, p->header.length, &connect);

	m->version = answer_version(connect.level);
	m->maximum_packet = connect.maximum_packet;
	m->session_expiry = connect.session_expiry != 0;
	m->keep_alive = connect.keep_alive + (connect.keep_alive + 1u) / 2;
	if (reason == MQTT_OK && m->version == MQTT_5 && !p->header.minimal)
		reason = MQTT_MALFORMED;
	if (reason == MQTT_OK && !c->counted) // beyond the limit, held until it could be told
		reason = MQTT_BUSY;
	if (reason == MQTT_OK)
		accept_client(c, &connect);
	else
		mqtt_end(c, reason);
}

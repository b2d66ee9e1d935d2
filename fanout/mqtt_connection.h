/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the pieces of MQTT share about one connection: its state, and how it is answered and ended.
 */
#ifndef FANOUT_MQTT_CONNECTION_H
#define FANOUT_MQTT_CONNECTION_H

#include "fanout/connection.h"
#include "fanout/mqtt_clients.h"
#include "fanout/mqtt_stream.h"
#include "fanout/mqtt_topics.h"
#include "fanout/pool.h"
#include "fanout/websocket_frame.h"

/* Of one connection, from its thread's pool. */
struct mqtt {
	struct mqtt_stream stream;
	struct input *later;               // what came behind a packet that is being answered
	struct websocket_decoder *decoder; // NULL between messages, and over plain TCP
	uint32_t later_plain;              // of later, so many bytes are decoded already
	int32_t entry;                     // of its client id; -1: none
	uint32_t maximum_packet;           // bytes that the client takes; 0: any
	uint32_t keep_alive;               // seconds until it is given up; 0: never
	uint8_t version;                   // of the CONNECT; 0: none yet
	bool accepted;                     // its CONNECT was
	bool websocket;
	bool session_expiry; // it asked for one that is not 0
};

/* Of one thread. */
struct mqtt_thread {
	struct pool connections; // struct mqtt
	struct mqtt_finder finder;
};

static inline struct mqtt *mqtt_of(struct connection *c)
{
	return (struct mqtt *)c->state;
}

/* Sends an answer, and looks at nothing more until it is on its way. */
void mqtt_answer(struct connection *c, const uint8_t *packet, size_t len);

/*
 * Ends the connection for this reason, and tells it if its version can be told: by CONNACK before
 * it is accepted, by DISCONNECT then. MQTT_OK: the client said goodbye.
 */
void mqtt_end(struct connection *c, enum mqtt_reason reason);

/* Bytes that the client sent. */
void mqtt_on_input(struct connection *c, uint8_t *bytes, size_t len);

/* An answer is on its way, or a round has ended: what came behind the packet is looked at now. */
void mqtt_resume(struct connection *c);

/* Its decoder is there. False if it cannot be had. */
bool mqtt_need_decoder(struct connection *c);

/* It is not, between messages. */
void mqtt_give_back_decoder(struct connection *c);

/* What the decoder found; returns how many bytes at its end are of MQTT. */
size_t mqtt_on_websocket(struct connection *c, const struct websocket_event *event);

/* The packets. */
void mqtt_on_connect(struct connection *c, const struct mqtt_packet *p);
void mqtt_on_subscribe(struct connection *c, const struct mqtt_packet *p);
void mqtt_on_unsubscribe(struct connection *c, const struct mqtt_packet *p);

/* The protocol of an accepted connection of MQTT 5. */
const struct protocol *mqtt_5_protocol_of(const struct connection *c);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * MQTT 3.1.1 and 5 as protocols of connections, for subscribers: frames go out as PUBLISH with QoS
 * 0, on the topics of docs/protocol.md. A client that publishes is told that it may not. Over
 * WebSocket it is the same within binary messages, whose borders mean nothing.
 *
 * A connection has one answer on its way at most: then nothing more of its client is looked at. It
 * subscribes anew only between two rounds of frames.
 */
#ifndef FANOUT_MQTT_H
#define FANOUT_MQTT_H

#include "fanout/held_frame.h"
#include "fanout/protocol.h"

struct engine_thread;

/* Before CONNECT, and for 3.1.1. */
extern const struct protocol mqtt_protocol;
extern const struct protocol mqtt_websocket_protocol;

/* What a thread needs for it. 0 or -ENOMEM. */
int mqtt_thread_init(struct engine_thread *t, unsigned connections);
void mqtt_thread_fini(struct engine_thread *t);

/* Says goodbye to those of the thread whose client id another connection has now. */
void mqtt_end_taken_over(struct engine_thread *t);

/* A frame in its envelope; form: the bits of ENCODING_MQTT. */
size_t mqtt_put_frame(unsigned form, const struct held_frame *f, uint8_t *out);

#endif

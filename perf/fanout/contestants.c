/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/contestants.h"

const struct contestant contestants[] = {
	{"send() loop", DIALOGUE_STREAM, &server_floor, false},
	{"uproar TCP", DIALOGUE_TCP, &server_engine_tcp, false},
	{"uproar WebSocket", DIALOGUE_WEBSOCKET, &server_engine_http, false},
	{"uproar MQTT", DIALOGUE_MQTT, &server_engine_mqtt, false},
	{"uproar WebSocket, TLS", DIALOGUE_WSS, &server_engine_https, false},
	{"nchan WebSocket", DIALOGUE_NCHAN, &server_nchan, false},
	{"nats-server", DIALOGUE_NATS, &server_nats, false},
	{"mosquitto MQTT", DIALOGUE_MQTT, &server_mosquitto, false},
};
const unsigned n_contestants = sizeof(contestants) / sizeof(contestants[0]);

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a subscriber says to get frames, and how a frame looks on its way: one table for all
 * protocols. Frames of one run are of one length, so a stream of them needs no parser, and all
 * protocols cost the client the same.
 */
#ifndef PERF_FANOUT_DIALOGUE_H
#define PERF_FANOUT_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dialogue_kind {
	DIALOGUE_STREAM,    // says nothing; a 2-byte length before each frame
	DIALOGUE_TCP,       // the same after a line SUB
	DIALOGUE_WEBSOCKET, // at the path of uproar
	DIALOGUE_WSS,       // the same over TLS
	DIALOGUE_NCHAN,     // at that of nchan
	DIALOGUE_MQTT,      // 3.1.1
	DIALOGUE_NATS,
};

enum { DIALOGUE_SAY_MAX = 512, DIALOGUE_STEPS_MAX = 3, DIALOGUE_PREFIX_MAX = 64 };

struct dialogue_step {
	/* The length of what is said; index: of the subscriber. */
	size_t (*say)(char out[DIALOGUE_SAY_MAX], unsigned index);
	/* The answer ends with these bytes, or is nothing but them. */
	const char *until;
	size_t until_len;
	bool exactly;
};

struct dialogue {
	unsigned n_steps;
	struct dialogue_step steps[DIALOGUE_STEPS_MAX];
	bool tls;
	bool first_frame;    // a subscriber is one when the newest frame has come
	uint8_t first_mask;  // what of a message's first byte is always the same
	unsigned prefix_len; // before the frame
	uint8_t prefix[DIALOGUE_PREFIX_MAX];
	unsigned message_len;
	/* Comes between messages (never in parts, it is so short) and gets an answer of its length.
	 */
	const char *aside, *aside_answer;
	unsigned aside_len;
	unsigned window_at; // offset of the window in a message
};

enum { PAYLOAD_WINDOW_AT = 4 }; // as in a frame of uproar

struct dialogue dialogue_make(enum dialogue_kind kind, unsigned payload_len);

/* The packets of MQTT and the lines of NATS that a publisher says too. */
size_t mqtt_connect(char out[DIALOGUE_SAY_MAX], unsigned index);
size_t mqtt_publish_head(uint8_t out[DIALOGUE_PREFIX_MAX], unsigned payload_len);
size_t nats_connect(char out[DIALOGUE_SAY_MAX], unsigned index);

extern const char mqtt_connack[4], nats_pong[6];

/* A whole CONNECT, for who needs no client id of his own. */
extern const char mqtt_connect_me[16];

#endif

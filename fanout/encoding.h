/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The forms in which a frame goes onto a stream. Each protocol brings its own: the same frame with
 * that protocol's envelope around it. A form is made once per frame and thread, when the first
 * subscriber needs it, and then shared.
 */
#ifndef FANOUT_ENCODING_H
#define FANOUT_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct held_frame;

/* Each combination of these bits is a form. */
enum mqtt_form {
	MQTT_FORM_5 = 1, // else 3.1.1
	MQTT_FORM_JSON = 2,
	MQTT_FORM_RETAINED = 4,
	MQTT_FORM_WEBSOCKET = 8, // within a binary message
	MQTT_FORMS = 16
};

enum encoding {
	ENCODING_TCP_BINARY,
	ENCODING_TCP_JSON, // also the body of a plain HTTP answer
	ENCODING_WEBSOCKET_BINARY,
	ENCODING_WEBSOCKET_JSON,
	ENCODING_SSE,
	ENCODING_MQTT, // the first of MQTT_FORMS
	ENCODINGS = ENCODING_MQTT + MQTT_FORMS
};

/* No envelope adds more bytes than this to the frame. */
enum { ENVELOPE_MAX = 64 };

/* Is the frame inside in its JSON form? */
bool encoding_is_json(enum encoding e);

/* Writes the frame in its envelope to out, which has room for it; returns the length. */
size_t encoding_put(enum encoding e, const struct held_frame *f, uint8_t *out);

#endif

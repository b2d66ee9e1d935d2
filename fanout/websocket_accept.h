/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The keys of the WebSocket handshake (RFC 6455, 4.2.1 and 4.2.2).
 */
#ifndef FANOUT_WEBSOCKET_ACCEPT_H
#define FANOUT_WEBSOCKET_ACCEPT_H

#include "fanout/http_request.h"

enum { WEBSOCKET_KEY_LEN = 24, WEBSOCKET_ACCEPT_LEN = 28 };

/* Is it 16 bytes in base64? */
bool websocket_key_is_sound(struct slice key);

/* The answer to a sound key, with a closing zero. */
void websocket_accept(struct slice key, char out[static WEBSOCKET_ACCEPT_LEN + 1]);

#endif

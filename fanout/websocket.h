/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * WebSocket as a protocol of connections: frames go out as messages, what the client says is
 * checked and thrown away, except that a ping is answered and a close is closed.
 */
#ifndef FANOUT_WEBSOCKET_H
#define FANOUT_WEBSOCKET_H

#include "fanout/held_frame.h"
#include "fanout/protocol.h"

extern const struct protocol websocket_protocol;

size_t websocket_put_binary(const struct held_frame *f, uint8_t *out);
size_t websocket_put_json(const struct held_frame *f, uint8_t *out);

#endif

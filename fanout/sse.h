/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Server-sent events (HTML Living Standard, 9.2): `id:` the window, `data:` the JSON form.
 */
#ifndef FANOUT_SSE_H
#define FANOUT_SSE_H

#include "fanout/held_frame.h"
#include "fanout/protocol.h"

extern const struct protocol sse_protocol;

/* The subscription has begun. */
void sse_begin(struct connection *c);

size_t sse_put(const struct held_frame *f, uint8_t *out);

#endif

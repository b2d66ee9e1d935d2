/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The plain TCP protocol: a SUB line in, frames out. In the binary form each frame follows its
 * length in two bytes, big-endian; in the JSON form each is a line. A refusal is the line "ERR
 * reason".
 */
#ifndef FANOUT_TCP_SUB_H
#define FANOUT_TCP_SUB_H

#include "fanout/held_frame.h"
#include "fanout/protocol.h"

extern const struct protocol tcp_sub_protocol;

size_t tcp_put_binary(const struct held_frame *f, uint8_t *out);
size_t tcp_put_json(const struct held_frame *f, uint8_t *out);

#endif

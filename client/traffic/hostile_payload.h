/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The payloads of hostile frames: a datagram without fault, or with one. */
#ifndef CLIENT_TRAFFIC_HOSTILE_PAYLOAD_H
#define CLIENT_TRAFFIC_HOSTILE_PAYLOAD_H

#include "wire/refusal.h"

#include <stddef.h>
#include <stdint.h>

enum { HOSTILE_PAYLOAD_MAX = 64 };

/* The first fault that is in it is that reason, if a payload can have it. Returns its length. */
size_t hostile_payload(
	uint16_t channel, enum refusal reason, uint64_t session, uint8_t out[HOSTILE_PAYLOAD_MAX]);

#endif

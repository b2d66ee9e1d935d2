/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The answer (docs/protocol.md, 1.10): what the appliance sends back for a reaction datagram with
 * RECEIPT or FRAME. Its fields lie where the datagram has them: channel, session and sequence at
 * the same places, the pace where the number of batches was. So an answer can be written over the
 * datagram that it answers.
 */
#ifndef WIRE_ANSWER_H
#define WIRE_ANSWER_H

#include "wire/frame.h"

enum {
	ANSWER_MAGIC = 0xfb,
	ANSWER_HEAD_LEN = WIRE_HEADER_LEN,
	ANSWER_MAX = ANSWER_HEAD_LEN + WIRE_FRAME_MAX,

	/* Where the fields are. */
	ANSWER_AT_STATUS = 1,
	ANSWER_AT_CHANNEL = 2,
	ANSWER_AT_PACE = 4,
	ANSWER_AT_SESSION = 5,
	ANSWER_AT_SEQUENCE = 12,

	ANSWER_TOO_SHORT = 1 << 3, // bit of the status
	ANSWER_PACE_HZ = 10,       // the pace counts tenths of a second
	ANSWER_PACE_MAX = 255,
};

/* What became of the newest batch. */
enum answer_status {
	ANSWER_COUNTED,
	ANSWER_DUPLICATE, // or stale
	ANSWER_LIMITED,   // not now: a limit, or unsequenced datagrams are switched off
	ANSWER_NOTHING,   // was reported
	ANSWER_UNKNOWN,   // channel or reaction
	ANSWER_STATUSES,
};

struct answer {
	uint64_t session;  // 1 to 2^56 - 1
	uint32_t sequence; // of the datagram; if it reported nothing, the newest that is held
	uint16_t channel;
	uint8_t status; // enum answer_status
	uint8_t pace;   // tenths of a second until the client's next datagram, at least
	bool too_short; // there is a frame, but the datagram was too short for it
	bool has_frame;
	struct frame frame; // of the same channel; if has_frame
};

/* Writes at most ANSWER_MAX bytes to out, which has room for them; returns how many. */
size_t answer_encode(const struct answer *a, uint8_t *out);

/* 0, or -EINVAL if the bytes are not exactly one answer of version 1. */
int answer_decode(const uint8_t *in, size_t len, struct answer *out);

#endif

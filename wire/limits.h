/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The numbers of wire format 1 (docs/protocol.md). Lengths are in bytes.
 */
#ifndef WIRE_LIMITS_H
#define WIRE_LIMITS_H

enum {
	WIRE_VERSION = 1,

	/* Reaction datagrams (client to appliance). */
	WIRE_PAYLOAD_MAX = 1200,
	WIRE_TEXT_MAX = 512,
	WIRE_HEADER_LEN = 16,
	WIRE_TICKET_LEN = 16,
	WIRE_KEYS_MAX = 256, // of tickets; ids 0 to 255
	WIRE_KEY_LEN = 16,   // AES-128
	WIRE_BATCHES_MAX = 8,
	WIRE_PAIRS_MAX = 32, // pairs of (reaction, count) in a batch
	WIRE_REACTIONS_MAX = 256,
	WIRE_CHANNEL_NONE = 0xffff, // never a channel
	WIRE_CHANNELS_MAX = 0xffff, // ids 0 to 0xfffe

	/* Sentiment frames (appliance to subscribers). */
	WIRE_FRAME_HEAD_LEN = 41,
	WIRE_FRAME_ENTRY_LEN = 7,
	WIRE_FRAME_ENTRIES_MAX = 32,
	WIRE_FRAME_MAX = WIRE_FRAME_HEAD_LEN + WIRE_FRAME_ENTRY_LEN * WIRE_FRAME_ENTRIES_MAX,

	/* Default ports. */
	WIRE_PORT_REACTIONS = 7700,
	WIRE_PORT_TCP = 7701,
	WIRE_PORT_HTTP = 7780,
};

#endif

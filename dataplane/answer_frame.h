/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A frame that brought a reaction datagram becomes the frame that brings the answer, where it lies:
 * addresses and ports change sides, the rest is cut off. VLAN tags stay. No DPDK here, so that
 * tests and fuzzers call the same code that workers run.
 */
#ifndef DATAPLANE_ANSWER_FRAME_H
#define DATAPLANE_ANSWER_FRAME_H

#include "dataplane/board.h"

/* What an answer says that the datagram does not say already. */
struct answer_facts {
	const struct board_slot *slot; // of the channel; NULL: it has none
	uint32_t sequence;             // newest of the session; for ANSWER_NOTHING
	uint8_t status;                // enum answer_status
	uint8_t pace;
};

/* What it has become. */
struct answer_made {
	uint16_t len; // of the frame; 0: this one is not to be answered, and nothing was changed
	bool has_frame;
};

/*
 * For a whole frame that packet_parse() took, with a payload that has a header. Not answered is
 * what came with IPv4 options or IPv6 extension headers, to or from a group address, or from an
 * address or port that nobody could be reached at or that would answer in turn: the unspecified
 * address, 0.0.0.0/8, 224.0.0.0/3 (multicast, reserved, broadcast), what lies in ::/64 but for
 * ::1, loopback unless both ends are, port 0, and the reaction port itself.
 *
 * Neither the frame nor its UDP payload is ever longer than before. Checksums are whole.
 */
struct answer_made answer_frame_make(
	uint8_t *frame, size_t len, uint16_t reaction_port, const struct answer_facts *facts);

#endif

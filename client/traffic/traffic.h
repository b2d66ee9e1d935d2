/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The frames of a crowd, by number: whole Ethernet frames with reaction datagrams, of which is
 * known what an appliance has to do with each. No state goes from one frame to the next, so several
 * threads may make frames of one struct traffic at the same time.
 *
 * Viewers come in turn, in an order without pattern, each once before any comes again, with its
 * next sequence number. A viewer stays on one channel and has one address and port, so that a NIC
 * gives all of its datagrams to the same queue. Sent in order and once, each datagram's newest
 * batch counts, and those that it repeats are duplicates. Of each 10,000 frames exactly as many are
 * text, unsequenced or hostile as was asked for. Hostile frames belong to no viewer.
 */
#ifndef CLIENT_TRAFFIC_TRAFFIC_H
#define CLIENT_TRAFFIC_TRAFFIC_H

#include "client/traffic/spec.h"

enum {
	/* Room that traffic_frame() wants; it may write behind the end of the frame. */
	TRAFFIC_FRAME_MAX = 640,
};

/* What an appliance has to do with a frame. */
struct traffic_kind {
	enum refusal refusal; // REFUSED_none: to be accepted
	uint16_t channel;     // if accepted
	uint16_t taps;        // that it adds to the channel
	uint8_t batches;      // in it, of which the newest counts
};

struct traffic_template {
	struct traffic_kind kind;
	uint32_t at; // in the block of all of them
	uint16_t len;
	uint16_t ip_sum, udp_sum; // of what the datagrams of this template have in common
};

/* What frames with numbers that are equal modulo TRAFFIC_WHOLE have in common. */
struct traffic_place {
	uint8_t form;  // enum traffic_form
	uint16_t rank; // among those of its turn
};

enum traffic_form {
	TRAFFIC_BATCHES,
	TRAFFIC_TEXT, // takes its turn among the sequenced
	TRAFFIC_UNSEQUENCED,
	TRAFFIC_HOSTILE,
	TRAFFIC_FORMS
};

/* Read-only once made, but for its owner. */
struct traffic {
	struct traffic_spec spec;
	struct traffic_place places[TRAFFIC_WHOLE];
	uint16_t turns[TRAFFIC_FORMS]; // of TRAFFIC_WHOLE frames; text and batches share theirs
	uint16_t first_template[TRAFFIC_FORMS + 1];
	struct traffic_template *templates;
	uint8_t *block;
	size_t block_len;
	uint32_t ip_at, udp_at; // offsets in a frame
	uint32_t host_mask;
	uint32_t channels;
};

/* 0; -EINVAL with a sentence in error, of cap bytes, if that cannot be made; or -ENOMEM likewise.
 */
int traffic_init(struct traffic *t, const struct traffic_spec *spec, char *error, size_t error_cap);

void traffic_free(struct traffic *t);

/*
 * Writes frame number i with right checksums (unless it is to be refused for them) and says what it
 * is. Returns its length, without the four bytes of the frame check. Costs a copy and some 30
 * additions, whatever was in the buffer before: cheap enough to be called for each frame that is
 * sent.
 */
uint32_t traffic_frame(const struct traffic *t, uint64_t i, uint8_t out[TRAFFIC_FRAME_MAX],
	struct traffic_kind *kind);

/*
 * How many frames there are before a session would run out of sequence numbers; at least 4 billion
 * for each session that takes its turn.
 */
uint64_t traffic_frames_max(const struct traffic *t);

#endif

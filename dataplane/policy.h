/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What this appliance takes: open channels, known reactions, switches. Written by control before
 * workers have it, but for the time in the gate; workers only read. Another one takes its place as
 * a whole (edition.h).
 */
#ifndef DATAPLANE_POLICY_H
#define DATAPLANE_POLICY_H

#include "dataplane/pace.h"
#include "dataplane/session_limits.h"
#include "dataplane/ticket.h"
#include "wire/limits.h"

#include <stdbool.h>
#include <stdint.h>

struct text_matcher;

enum { POLICY_NO_ROW = 0xffff };

struct policy {
	uint64_t known[WIRE_REACTIONS_MAX / 64]; // a bit for each reaction id of the catalogue
	const struct text_matcher *matcher;      // not owned
	uint16_t text_channel;                   // what plain text counts for
	bool plain_text;
	bool unsequenced;
	uint32_t unsequenced_per_second; // of all workers; 0: without a bound
	struct session_limits session_limits;
	uint32_t answers_per_second; // of all workers; 0: nobody is answered
	bool answers_unknown;        // also who names a channel that is not open
	struct pace pace;
	uint16_t
		row_of[WIRE_CHANNELS_MAX + 1]; // channel id to row of the tallies, or POLICY_NO_ROW
	struct ticket_gate gate; // rows of the channels that are not open to everybody
};

static inline bool policy_knows(const struct policy *p, uint8_t reaction)
{
	return (p->known[reaction / 64] >> (reaction % 64) & 1) != 0;
}

#endif

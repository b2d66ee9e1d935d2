/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Tickets (docs/protocol.md, 1.6): who may tap on channels that are not open to everybody. A ticket
 * is verified for each datagram before anything else is done for it; nothing is remembered of it.
 *
 * Channels that are open to everybody never come here: the gate has those that are not, and is
 * looked into only where policy->row_of says that a channel is not open.
 */
#ifndef DATAPLANE_TICKET_H
#define DATAPLANE_TICKET_H

#include "dataplane/aes_cmac.h"
#include "wire/key_file.h"
#include "wire/reaction.h"

#include <stdbool.h>
#include <stdint.h>

/* Three lines a key: ready to use, and known at the first touch to be there. */
struct ticket_key {
	struct aes_cmac_key cmac;
	uint64_t present; // 1 or 0
	uint64_t unused;
};

/* Never changed once workers have it: another set takes its place. */
struct ticket_keys {
	_Alignas(64) struct ticket_key key[WIRE_KEYS_MAX]; // by id
};

struct ticket_gate {
	const struct ticket_keys *keys; // control: wo, worker: ro
	uint32_t now_s;                 // Unix time; control: wo, once a second, worker: ro
	uint16_t row_plus_1[WIRE_CHANNELS_MAX + 1]; // by channel; 0: no channel of tickets
};

/* Can this processor verify tickets? What is below must not be called where it cannot. */
bool ticket_supported(void);

void ticket_keys_expand(struct ticket_keys *out, const struct key_file *file);

/*
 * REFUSED_none, or the first of: no ticket, unknown key, wrong MAC, expired, not for this channel.
 * A ticket is good up to and including the second that it names. What is not authentic is not
 * looked at, so ticket_expired and ticket_channel are said of real tickets only. The MACs are
 * compared as one number, so that time tells nothing of how much of them is right.
 */
enum refusal ticket_check(
	const struct ticket_keys *keys, const struct reaction_datagram *d, uint32_t now_s);

/*
 * For a datagram to a channel that is not open to everybody: REFUSED_none and its row, or why not.
 * Without a header, and so without a ticket, is plain text; unsequenced datagrams could be sent
 * again by anybody who saw them.
 */
enum refusal ticket_gate_pass(
	const struct ticket_gate *gate, const struct reaction_datagram *d, uint16_t *row);

#endif

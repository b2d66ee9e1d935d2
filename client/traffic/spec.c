/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/spec.h"

#include "client/traffic/hostile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Locally administered: an appliance on a NIC of its own looks at the port, not at these. */
static const struct traffic_spec defaults = {
	.last_channel = 3,
	.sessions = 1000000,
	.batches = 1,
	.reactions = 1,
	.taps = 1,
	.reaction_ids = TRAFFIC_REACTION_IDS,
	.reasons = HOSTILE_ON_A_WIRE,
	.to_mac = {0x02, 0x75, 0x70, 0x72, 0x00, 0x01},
	.from_mac = {0x02, 0x75, 0x70, 0x72, 0x00, 0x02},
	.port = WIRE_PORT_REACTIONS,
};

void traffic_spec_use_family(struct traffic_spec *spec, bool v6)
{
	static const uint8_t net_v4[16] = {198, 18}, to_v4[16] = {198, 19, 0, 1};
	static const uint8_t net_v6[16] = {0x20, 0x01, 0x00, 0x02, 0, 0, 0, 1};
	static const uint8_t to_v6[16] = {0x20, 0x01, 0x00, 0x02, [15] = 1};

	spec->v6 = v6;
	memcpy(spec->net, v6 ? net_v6 : net_v4, sizeof(spec->net));
	memcpy(spec->to, v6 ? to_v6 : to_v4, sizeof(spec->to));
	spec->net_bits = v6 ? 64 : 16;
}

void traffic_spec_default(struct traffic_spec *spec)
{
	*spec = defaults;
	traffic_spec_use_family(spec, false);
}

static const char *fault(const struct traffic_spec *s)
{
	if (s->first_channel > s->last_channel || s->last_channel >= WIRE_CHANNEL_NONE)
		return "channels are 0 to 65534, the first not above the last";
	if (s->sessions == 0)
		return "there has to be a session";
	if (s->batches < 1 || s->batches > WIRE_BATCHES_MAX)
		return "a datagram has 1 to 8 batches";
	if (s->reactions < 1 || s->reactions > WIRE_PAIRS_MAX || s->taps < 1)
		return "a batch has 1 to 32 reactions, of each 1 to 255 taps";
	if (s->reaction_ids < s->reactions || s->reaction_ids > WIRE_REACTIONS_MAX)
		return "a batch has a reaction only once: there have to be as many reaction ids as "
		       "reactions in a batch, and at most 256";
	if (s->text + s->unsequenced + s->hostile > TRAFFIC_WHOLE)
		return "shares of text, unsequenced and hostile frames are more than the whole";
	if (s->hostile != 0 && (s->reasons & HOSTILE_ALL) == 0)
		return "hostile frames need a reason to be refused for";
	if ((s->reasons & ~HOSTILE_ALL) != 0)
		return "one of the reasons is none that a frame alone can be refused for";
	if (s->hostile != 0 && (s->reasons & HOSTILE_BIT(REFUSED_reaction)) != 0 &&
		s->reaction_ids == WIRE_REACTIONS_MAX)
		return "hostile frames for the reason reaction name id 255: it cannot be among the "
		       "reaction ids";
	if (s->vlans > TRAFFIC_VLANS_MAX)
		return "two VLAN tags at most";
	if (s->net_bits < TRAFFIC_PREFIX_MIN || s->net_bits > (s->v6 ? 126 : 30))
		return "the senders' network has to be /8 to /30, or to /126 for IPv6";
	if (s->seed > TRAFFIC_SEED_MAX)
		return "seeds are 0 to 16777215";
	return NULL;
}

int traffic_spec_check(const struct traffic_spec *spec, char *error, size_t cap)
{
	const char *said = fault(spec);

	if (said == NULL)
		return 0;
	snprintf(error, cap, "%s", said);
	return -EINVAL;
}

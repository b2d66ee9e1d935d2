/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A UDP payload, from the decoder to the tallies. The first byte sets the appliance's switches: bit
 * 0 plain text off, bit 1 unsequenced off, bit 2 channel 1 wants tickets, bit 3 no unsequenced ones
 * left for now.
 *
 * What the decoder says is compared with a second one, written plainly.
 */

#include "fuzz_target.h"
#include "tests/unit/plain_decoder.h"

static bool decided_behind_the_decoder(enum refusal r)
{
	return r == REFUSED_none || r == REFUSED_text_utf8 || refusal_layer(r) == REFUSAL_POLICY;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct policy *policy = &fuzz_rig()->policy;
	struct plain_datagram plain;

	if (len == 0)
		return 0;
	policy->plain_text = (data[0] & 1) == 0;
	policy->unsequenced = (data[0] & 2) == 0;
	fuzz_rig()->counter.unsequenced_budget = (data[0] & 8) == 0 ? UINT32_MAX : 0;
	counting_rig_want_tickets(fuzz_rig(), (data[0] & 4) != 0 && ticket_supported());
	enum refusal r = fuzz_take(data + 1, len - 1);
	enum refusal expected = plain_decode(data + 1, len - 1, &plain);
	CHECK(expected == REFUSED_none ? decided_behind_the_decoder(r) : r == expected);
	return 0;
}

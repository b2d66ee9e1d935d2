/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Names of refusals. REFUSED_none is 0: "not refused".
 */
#ifndef WIRE_REFUSAL_H
#define WIRE_REFUSAL_H

#include <stdbool.h>

enum refusal {
	REFUSED_none = 0,
#define REFUSAL(name, layer, text) REFUSED_##name,
#include "wire/refusal.def"
#undef REFUSAL
	REFUSALS // how many there are, REFUSED_none included
};

enum refusal_layer { REFUSAL_LINK, REFUSAL_PAYLOAD, REFUSAL_POLICY, REFUSAL_EXCEPTION };

/* Both for REFUSED_none < r < REFUSALS; static strings. */
const char *refusal_name(enum refusal r);
const char *refusal_text(enum refusal r);
enum refusal_layer refusal_layer(enum refusal r);

/*
 * Frames that are no datagram for the reaction port, though nothing is wrong with them: ARP, TCP,
 * ICMP, fragments, other ports. Where a port has an exception interface, they are the kernel's.
 */
static inline bool refusal_is_foreign(enum refusal r)
{
	return r == REFUSED_other_port || r == REFUSED_not_udp || r == REFUSED_not_ip ||
	       r == REFUSED_ip_fragment;
}

#endif

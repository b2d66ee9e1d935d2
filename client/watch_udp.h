/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar watch --udp`: the same lines as over TCP, from answers. */
#ifndef CLIENT_WATCH_UDP_H
#define CLIENT_WATCH_UDP_H

#include "client/catalogue.h"

#include <stdbool.h>

struct watch_udp {
	struct endpoint from;
	uint64_t session;
	const uint8_t *ticket; // or NULL
	const uint16_t *channels;
	unsigned n;
	bool json, once;
	uint64_t windows;                  // frames of each channel until the end; 0: for ever
	const struct catalogue *catalogue; // NULL: reactions are shown as #ID
};

/* An exit status, after a complaint if it is not EXIT_OK. */
int watch_udp(const struct watch_udp *w);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/device_sink.h"

#include "client/clock.h"
#include "client/relay/viewer_flow.h"

#include <time.h>

/* The crowd must stay able to hear a signal, so patience with a full device ends. */
#define PATIENCE (20 * CLOCK_MS)

static int send_burst(void *ctx, const struct datagram *datagrams, unsigned n)
{
	const struct timespec moment = {.tv_nsec = 50000};
	struct device_sink *s = ctx;
	struct parcel parcels[DEVICE_BURST];
	uint64_t until = clock_now() + PATIENCE;
	unsigned taken = 0;

	if (n > DEVICE_BURST)
		n = DEVICE_BURST;
	for (unsigned i = 0; i < n; i++) {
		parcels[i] =
			(struct parcel){.payload = datagrams[i].payload, .len = datagrams[i].len};
		viewer_flow(datagrams[i].viewer, s->port, &parcels[i].flow);
	}
	for (;;) {
		taken += device_send(s->device, parcels + taken, n - taken);
		if (taken == n || clock_now() >= until || !device_has_link(s->device))
			break;
		nanosleep(&moment, NULL);
	}
	s->relayed += taken;
	return (int)taken;
}

struct sink device_sink(struct device_sink *s)
{
	return (struct sink){.send = send_burst, .ctx = s};
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A device of the user's, a network card as a rule, to which another machine sends the frames that
 * --pcap has written.
 */

#include "dataplane/port.h"
#include "perf/polled.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <stdio.h>

enum { PATIENCE_MS = 5000, LOOK_MS = 10 };

/* Until the first frames are there; they are not counted. */
static int await_frames(const struct port *port, const char *device)
{
	struct rte_mbuf *frames[WORKER_BURST];

	for (unsigned ms = 0; ms < PATIENCE_MS; ms += LOOK_MS) {
		uint16_t n = rte_eth_rx_burst(port->id, 0, frames, WORKER_BURST);

		rte_pktmbuf_free_bulk(frames, n);
		if (n > 0)
			return 0;
		rte_delay_us_sleep(LOOK_MS * 1000);
	}
	fprintf(stderr, "%s received nothing for %d seconds: start the sender first\n", device,
		PATIENCE_MS / 1000);
	return -ETIMEDOUT;
}

int device_run(struct bench *b)
{
	static struct rig rig;
	struct dataplane_port wanted = {.device = b->device, .queues = 1};
	struct port port;
	char error[512];
	int ret = rig_open(&rig, &bench_cases[0], 1);

	if (ret < 0)
		return ret;
	ret = port_open(&port, &wanted, WIRE_PORT_REACTIONS, error, sizeof(error));
	if (ret < 0) {
		fprintf(stderr, "%s\n", error);
	} else {
		ret = await_frames(&port, b->device);
		if (ret == 0)
			ret = polled_measure(b, "device", &rig, port.id, 0);
		port_close(&port);
	}
	rig_close(&rig);
	return ret;
}

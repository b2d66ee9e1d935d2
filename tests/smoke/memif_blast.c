/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Sends so many reaction datagrams through memif, as fast as the appliance takes them and none
 * lost, and stays until its standard input ends: what lies in the rings goes with their owner.
 *
 * Datagram i is of kind k = i % KINDS: channel k % 4, reaction k / 4 % 24, k % 5 + 1 taps, from
 * viewer k. So whoever knows how many were sent knows every count.
 */

#include "client/clock.h"
#include "client/complain.h"
#include "client/device/device.h"
#include "client/relay/viewer_flow.h"
#include "wire/limits.h"
#include "wire/reaction.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	KINDS = 4096,
	CHANNELS = 4,
	REACTIONS = 24,
	COUNTS = 5,
	PAYLOAD = 32,
	LINK_SECONDS = 15,
	PATIENCE = 1000
};

static uint8_t payloads[KINDS][PAYLOAD];
static struct parcel parcels[2 * KINDS]; // twice, so that a burst never wraps

static void make_kind(unsigned k)
{
	const struct reaction_datagram head = {
		.session = k + 1, .channel = (uint16_t)(k % CHANNELS), .batches = 1};
	const uint8_t pair[] = {(uint8_t)(k / CHANNELS % REACTIONS), (uint8_t)(k % COUNTS + 1)};
	size_t len = reaction_put_header(payloads[k], PAYLOAD, &head);

	len = reaction_put_batch(payloads[k], PAYLOAD, len, pair, 1);
	parcels[k] = (struct parcel){.payload = payloads[k], .len = (uint16_t)len};
	viewer_flow(k, WIRE_PORT_REACTIONS, &parcels[k].flow);
	parcels[KINDS + k] = parcels[k];
}

/* How many were sent: all, unless the appliance went. */
static uint64_t blast(struct device *d, uint64_t wanted)
{
	uint64_t sent = 0;
	unsigned in_vain = 0;

	while (sent < wanted) {
		uint64_t left = wanted - sent;
		unsigned taken = device_send(d, &parcels[sent % KINDS],
			left < DEVICE_BURST ? (unsigned)left : DEVICE_BURST);

		sent += taken;
		in_vain = taken == 0 ? in_vain + 1 : 0;
		if (in_vain > 0 && !device_has_link(d))
			break;
		if (in_vain > PATIENCE) // the appliance may need this core
			sched_yield();
	}
	return sent;
}

int main(int argc, char **argv)
{
	char vdev[256], end;
	struct device device;

	if (argc != 3) {
		complain("usage: memif-blast SOCKET DATAGRAMS");
		return 2;
	}
	snprintf(vdev, sizeof(vdev), "net_memif0,role=client,id=0,socket=%s,socket-abstract=no",
		argv[1]);
	for (unsigned k = 0; k < KINDS; k++)
		make_kind(k);
	if (device_open(&device, vdev, false) < 0)
		return 1;
	int ret = device_await_link(&device, clock_now() + LINK_SECONDS * CLOCK_SECOND, -1);
	if (ret == 0) {
		printf("sent %llu\n",
			(unsigned long long)blast(&device, strtoull(argv[2], NULL, 10)));
		fflush(stdout);
		while (read(STDIN_FILENO, &end, 1) > 0 || errno == EINTR)
			errno = 0;
	}
	device_close(&device);
	return ret == 0 ? 0 : 1;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A sink for the crowd that loses nothing: its datagrams go as frames straight to the device. Each
 * viewer has an address and a port of its own, so that they look like a crowd.
 */
#ifndef CLIENT_RELAY_DEVICE_SINK_H
#define CLIENT_RELAY_DEVICE_SINK_H

#include "client/crowd/sink.h"
#include "client/device/device.h"

struct device_sink {
	struct device *device;
	uint16_t port; // the reaction port
	uint64_t relayed;
};

struct sink device_sink(struct device_sink *s);

#endif

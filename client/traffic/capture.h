/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* A capture file of Ethernet frames, pcap-savefile(5), written by libpcap. */
#ifndef CLIENT_TRAFFIC_CAPTURE_H
#define CLIENT_TRAFFIC_CAPTURE_H

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct capture {
	pcap_t *pcap;
	pcap_dumper_t *to;
	bool nanoseconds; // times are in them, not in microseconds
};

/* `to` is the capture's from now on, also if that fails. 0, or -errno. */
int capture_begin(struct capture *c, FILE *to, bool nanoseconds);

/* Time since 1970. 0, or -errno. */
int capture_put(struct capture *c, uint64_t time_ns, const uint8_t *frame, uint32_t len);

/* Closes it in any case. 0 if all of it was written, or -errno. */
int capture_end(struct capture *c);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What a capture file of generated traffic holds, as a table or as JSON. */
#ifndef CLIENT_PCAP_REPORT_H
#define CLIENT_PCAP_REPORT_H

#include "client/traffic/tally.h"

#include <stdio.h>

struct pcap_report {
	const char *file;
	const struct traffic_spec *spec;
	uint64_t first; // number of its first frame
	uint64_t rate;  // frames a second, by its times
	struct traffic_tally tally;
	uint64_t channel_taps[WIRE_CHANNELS_MAX];
};

void pcap_report_print(FILE *to, const struct pcap_report *r);

/* One object and the end of its line. */
void pcap_report_print_json(FILE *to, const struct pcap_report *r);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/capture.h"

#include <errno.h>

enum { SNAPLEN = 65535 }; // longer than any frame here; all readers take it

#define SECOND_NS 1000000000ull

/* stdio leaves the reason in errno; libpcap says nothing. */
static int why(void)
{
	return errno != 0 ? -errno : -EIO;
}

int capture_begin(struct capture *c, FILE *to, bool nanoseconds)
{
	*c = (struct capture){.nanoseconds = nanoseconds};
	c->pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SNAPLEN,
		nanoseconds ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO);
	errno = 0;
	c->to = c->pcap != NULL ? pcap_dump_fopen(c->pcap, to) : NULL;
	if (c->to != NULL)
		return 0;
	int ret = why();
	fclose(to);
	if (c->pcap != NULL)
		pcap_close(c->pcap);
	return ret;
}

int capture_put(struct capture *c, uint64_t time_ns, const uint8_t *frame, uint32_t len)
{
	struct pcap_pkthdr head = {.caplen = len, .len = len};

	head.ts.tv_sec = (time_t)(time_ns / SECOND_NS);
	head.ts.tv_usec =
		(suseconds_t)(c->nanoseconds ? time_ns % SECOND_NS : time_ns % SECOND_NS / 1000);
	errno = 0;
	pcap_dump((u_char *)c->to, &head, frame);
	return ferror(pcap_dump_file(c->to)) ? why() : 0;
}

int capture_end(struct capture *c)
{
	errno = 0;
	int ret = pcap_dump_flush(c->to) == 0 && !ferror(pcap_dump_file(c->to)) ? 0 : why();

	pcap_dump_close(c->to);
	pcap_close(c->pcap);
	return ret;
}

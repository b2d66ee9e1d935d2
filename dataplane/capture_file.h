/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Capture files that a port is to replay (net_pcap). The driver reads a file of any link type as if
 * it were Ethernet, and says little of a file that it cannot read.
 */
#ifndef DATAPLANE_CAPTURE_FILE_H
#define DATAPLANE_CAPTURE_FILE_H

#include <stddef.h>

/*
 * Is it a capture (pcap or pcapng) of Ethernet frames? 0, or -errno with a sentence in error. What
 * is no regular file, such as a pipe, is not looked into, for what is read of it is gone.
 */
int capture_file_check(const char *path, char *error, size_t cap);

#endif

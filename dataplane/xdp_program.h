/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Our XDP program on a network interface: DPDK's AF_XDP driver loads and attaches it; here it is
 * told the port, and its counter is read.
 */
#ifndef DATAPLANE_XDP_PROGRAM_H
#define DATAPLANE_XDP_PROGRAM_H

#include "dataplane/xdp_attachment.h"

#include <stdbool.h>
#include <stdint.h>

/* Puts the compiled program into a memory file. Its descriptor, or -errno; close it after use. */
int xdp_program_file(void);

struct xdp_program {
	unsigned interface; // its index
	uint32_t id;
	enum xdp_mode mode;
	char records[256]; // "": it is not noted
	int settings_map;  // descriptors
	int count_map;
};

/* Finds our program on the interface, notes it and tells it to redirect the port. 0 or -errno. */
int xdp_program_open(
	struct xdp_program *p, const char *interface, const char *records, uint16_t port);

/* Is it still there? True if that cannot be asked. */
bool xdp_program_is_attached(const struct xdp_program *p);

/* Stops redirecting; what comes next goes to the kernel again. */
void xdp_program_pause(struct xdp_program *p);

void xdp_program_close(struct xdp_program *p);

/* Frames redirected since the program was loaded, all CPUs. */
uint64_t xdp_program_redirected(const struct xdp_program *p);

#endif

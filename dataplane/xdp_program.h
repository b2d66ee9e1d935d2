/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Our XDP program on a network interface: DPDK's AF_XDP driver loads and attaches it; here it is
 * told the port, its counter is read, and one that a killed appliance left is taken off. A program
 * of somebody else is never touched.
 */
#ifndef DATAPLANE_XDP_PROGRAM_H
#define DATAPLANE_XDP_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

/* Puts the compiled program into a memory file. Its descriptor, or -errno; close it after use. */
int xdp_program_file(void);

/*
 * Takes our own program off the interface if the process that it belonged to is gone. 0 if the
 * interface is free now, -EBUSY with a sentence in error if a living appliance or a foreign program
 * is on it, or -errno. records: the folder of xdp_record.h, or NULL.
 */
int xdp_program_clear_stale(const char *interface, const char *records, char *error, size_t cap);

struct xdp_program {
	uint32_t id;
	char records[256]; // "": it is not noted
	int settings_map;  // descriptors
	int count_map;
};

/* Finds our program on the interface, notes it and tells it to redirect the port. 0 or -errno. */
int xdp_program_open(
	struct xdp_program *p, const char *interface, const char *records, uint16_t port);

/* Stops redirecting; what comes next goes to the kernel again. */
void xdp_program_pause(struct xdp_program *p);

void xdp_program_close(struct xdp_program *p);

/* Frames redirected since the program was loaded, all CPUs. */
uint64_t xdp_program_redirected(const struct xdp_program *p);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a figure must be read with: the processor, its clock, the kernel, the pages.
 */
#ifndef CLIENT_DEVICE_MACHINE_H
#define CLIENT_DEVICE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct machine {
	char processor[96];
	char kernel[96];
	unsigned cpus;   // that we may use
	double tsc_hz;   // ticks a second
	bool huge_pages; // packet buffers lie in them
	double load;     // average of the last minute before we began
};

/* Needs a started EAL. */
void machine_look(struct machine *m);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which XDP programs are ours, on file: the kernel tells what is attached to an interface by its id
 * alone, unless one has CAP_SYS_ADMIN. The id of a program is not given out again before the next
 * start of the machine, and neither is the folder kept any longer.
 */
#ifndef DATAPLANE_XDP_RECORD_H
#define DATAPLANE_XDP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whose a program is. */
struct xdp_owner {
	uint32_t pid;
	uint64_t started; // field 22 of /proc/PID/stat
	uint64_t space;   // PID namespace, as the number of its file; 0: not known
};

/* Of a PID namespace that is not ours, or not known: whether it lives is not to be seen from here.
 * Not so where nobody is named.
 */
bool xdp_owner_is_elsewhere(const struct xdp_owner *owner);

/* One that was killed and is on its way out is waited for, at most two seconds. */
bool xdp_owner_lives(const struct xdp_owner *owner);

/* This process. */
struct xdp_owner xdp_owner_self(void);

/* 0 or -errno. */
int xdp_record_write(const char *folder, uint32_t program);

/* False if the program is none of ours. */
bool xdp_record_read(const char *folder, uint32_t program, struct xdp_owner *owner);

void xdp_record_remove(const char *folder, uint32_t program);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * An XDP program that is on an interface before ours: one that a killed appliance of ours left is
 * taken off, known by its name and its owner; one of an owner that cannot be seen from here (of
 * another PID namespace), or of somebody else, is named and never touched.
 */
#ifndef DATAPLANE_XDP_STALE_H
#define DATAPLANE_XDP_STALE_H

#include <stddef.h>

/*
 * 0 if the interface, which exists, is free now; -EBUSY with a sentence in error if an
 * appliance that lives, or may, or a foreign program is on it, or -errno. records: the folder of
 * xdp_record.h, or NULL.
 */
int xdp_stale_clear(const char *interface, const char *records, char *error, size_t cap);

#endif

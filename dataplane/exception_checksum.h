/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * TCP and UDP checksums that the sender left to its device. A virtual machine's neighbour on the
 * same host sends such frames; the device says that they are sound without one
 * (RTE_MBUF_F_RX_L4_CKSUM_NONE). The kernel behind an exception interface is not told so, and would
 * drop each of them.
 */
#ifndef DATAPLANE_EXCEPTION_CHECKSUM_H
#define DATAPLANE_EXCEPTION_CHECKSUM_H

struct rte_mbuf;

/* Writes what is missing. Frames of any other kind, and what does not hold together, stay as they
 * are. */
void exception_make_checksum(struct rte_mbuf *m);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Why the kernel did not take an XDP program. A driver says it in a sentence, which libbpf prints
 * and DPDK does not pass on.
 */
#ifndef DATAPLANE_XDP_COMPLAINT_H
#define DATAPLANE_XDP_COMPLAINT_H

/* From now on; what libbpf says besides goes to the log. */
void xdp_complaint_listen(void);

/* The last since then, or "". */
const char *xdp_complaint(void);

#endif

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The XDP programs that are on a network interface. The kernel keeps them by mode: one in the
 * driver (native) or one in front of its own stack (generic), and one in the card besides
 * (offloaded). What is taken off has to be named with its mode.
 */
#ifndef DATAPLANE_XDP_ATTACHMENT_H
#define DATAPLANE_XDP_ATTACHMENT_H

#include <bpf/bpf.h>
#include <stdint.h>

enum xdp_mode { XDP_MODE_NATIVE, XDP_MODE_GENERIC, XDP_MODE_OFFLOADED, XDP_MODES };

struct xdp_attachment {
	unsigned interface; // its index
	enum xdp_mode mode;
	uint32_t id; // of the program
};

/* Those of an interface: how many, or -errno. */
int xdp_attachments(unsigned interface, struct xdp_attachment out[XDP_MODES]);

/* "native", "generic", "offloaded". */
const char *xdp_mode_name(enum xdp_mode mode);

/* 0 or -errno. */
int xdp_attachment_remove(const struct xdp_attachment *a);

enum { XDP_MAPS_MAX = 8 };

struct xdp_description {
	struct bpf_prog_info info;
	uint32_t maps[XDP_MAPS_MAX];
};

/* What the kernel says of the program. 0, or -errno: -EPERM without CAP_SYS_ADMIN. */
int xdp_attachment_describe(const struct xdp_attachment *a, struct xdp_description *out);

/* Descriptor of the program's map of that name, or -errno. */
int xdp_description_map(const struct xdp_description *d, const char *name);

#endif

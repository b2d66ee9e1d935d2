/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/xdp_attachment.h"

#include "dataplane/bpf_descriptor.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	uint32_t flag;
} modes[XDP_MODES] = {
	[XDP_MODE_NATIVE] = {"native", XDP_FLAGS_DRV_MODE},
	[XDP_MODE_GENERIC] = {"generic", XDP_FLAGS_SKB_MODE},
	[XDP_MODE_OFFLOADED] = {"offloaded", XDP_FLAGS_HW_MODE},
};

int xdp_attachments(unsigned interface, struct xdp_attachment out[XDP_MODES])
{
	LIBBPF_OPTS(bpf_xdp_query_opts, found);
	int ret = bpf_xdp_query((int)interface, 0, &found), n = 0;

	if (ret < 0)
		return ret;
	const uint32_t ids[XDP_MODES] = {
		[XDP_MODE_NATIVE] = found.drv_prog_id,
		[XDP_MODE_GENERIC] = found.skb_prog_id,
		[XDP_MODE_OFFLOADED] = found.hw_prog_id,
	};
	for (unsigned m = 0; m < XDP_MODES; m++) {
		if (ids[m] != 0)
			out[n++] = (struct xdp_attachment){interface, (enum xdp_mode)m, ids[m]};
	}
	return n;
}

const char *xdp_mode_name(enum xdp_mode mode)
{
	return modes[mode].name;
}

int xdp_attachment_remove(const struct xdp_attachment *a)
{
	return bpf_xdp_detach((int)a->interface, modes[a->mode].flag, NULL);
}

int xdp_attachment_describe(const struct xdp_attachment *a, struct xdp_description *out)
{
	uint32_t len = sizeof(out->info);
	int fd = bpf_program_by_id(a->id);

	if (fd < 0)
		return fd;
	*out = (struct xdp_description){
		.info = {.nr_map_ids = XDP_MAPS_MAX, .map_ids = (uintptr_t)out->maps}};
	int ret = bpf_obj_get_info_by_fd(fd, &out->info, &len);
	close(fd);
	return ret;
}

int xdp_description_map(const struct xdp_description *d, const char *name)
{
	for (unsigned i = 0; i < d->info.nr_map_ids && i < XDP_MAPS_MAX; i++) {
		struct bpf_map_info map = {0};
		uint32_t len = sizeof(map);
		int fd = bpf_map_by_id(d->maps[i]);

		if (fd < 0)
			return fd;
		if (bpf_obj_get_info_by_fd(fd, &map, &len) == 0 && strcmp(map.name, name) == 0)
			return fd;
		close(fd);
	}
	return -ENOENT;
}

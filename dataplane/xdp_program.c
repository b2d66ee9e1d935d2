/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/xdp_program.h"

#include "dataplane/log.h"
#include "dataplane/xdp/settings.h"
#include "dataplane/xdp_record.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Made from xdp/redirect.bpf.c at build time. */
extern const unsigned char xdp_redirect_object[];
extern const unsigned long xdp_redirect_object_len;

int xdp_program_file(void)
{
	int fd = memfd_create("uproar-redirect.o", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, xdp_redirect_object, xdp_redirect_object_len) !=
		(ssize_t)xdp_redirect_object_len) {
		close(fd);
		return -EIO;
	}
	return fd;
}

/* The program of ours that is attached to the interface. 0 or -errno. */
static int find(unsigned interface, struct xdp_attachment *at, struct xdp_description *d)
{
	struct xdp_attachment found[XDP_MODES];
	int n = xdp_attachments(interface, found), ret = n < 0 ? n : -ENOENT;

	for (int i = 0; i < n; i++) {
		ret = xdp_attachment_describe(&found[i], d);
		if (ret == 0 && strcmp(d->info.name, XDP_PROGRAM_NAME) == 0) {
			*at = found[i];
			return 0;
		}
	}
	return ret == 0 ? -EBUSY : ret;
}

static int set_port(int map, uint16_t port)
{
	uint32_t zero = 0;
	struct xdp_owner self = xdp_owner_self();
	struct xdp_settings settings = {
		.port = htons(port),
		.owner = self.pid,
		.owner_started = self.started,
		.owner_space = self.space,
	};

	return bpf_map_update_elem(map, &zero, &settings, BPF_ANY) < 0 ? -errno : 0;
}

static void note(struct xdp_program *p, const char *records)
{
	if (records == NULL)
		return;
	snprintf(p->records, sizeof(p->records), "%s", records);
	int ret = xdp_record_write(p->records, p->id);
	if (ret < 0)
		LOG_WARNING(
			"XDP program %u is not noted in %s: %s", p->id, records, strerror(-ret));
}

int xdp_program_open(
	struct xdp_program *p, const char *interface, const char *records, uint16_t port)
{
	struct xdp_attachment at = {0};
	struct xdp_description d;
	int ret = find(if_nametoindex(interface), &at, &d);

	if (ret < 0)
		return ret;
	p->interface = at.interface;
	p->id = at.id;
	p->mode = at.mode;
	p->settings_map = xdp_description_map(&d, XDP_SETTINGS_MAP);
	if (p->settings_map < 0)
		return p->settings_map;
	p->count_map = xdp_description_map(&d, XDP_COUNT_MAP);
	ret = p->count_map < 0 ? p->count_map : set_port(p->settings_map, port);
	if (ret < 0) {
		if (p->count_map >= 0)
			close(p->count_map);
		close(p->settings_map);
		return ret;
	}
	note(p, records);
	return 0;
}

bool xdp_program_is_attached(const struct xdp_program *p)
{
	struct xdp_attachment found[XDP_MODES];
	int n = xdp_attachments(p->interface, found);

	for (int i = 0; i < n; i++) {
		if (found[i].id == p->id)
			return true;
	}
	return n < 0;
}

void xdp_program_pause(struct xdp_program *p)
{
	set_port(p->settings_map, 0);
}

void xdp_program_close(struct xdp_program *p)
{
	xdp_program_pause(p);
	if (p->records[0] != '\0')
		xdp_record_remove(p->records, p->id);
	close(p->settings_map);
	close(p->count_map);
}

uint64_t xdp_program_redirected(const struct xdp_program *p)
{
	int cpus = libbpf_num_possible_cpus();
	uint32_t zero = 0;
	uint64_t sum = 0;

	if (cpus <= 0)
		return 0;
	uint64_t *counts = calloc((size_t)cpus, sizeof(*counts));
	if (counts != NULL && bpf_map_lookup_elem(p->count_map, &zero, counts) == 0) {
		for (int i = 0; i < cpus; i++)
			sum += counts[i];
	}
	free(counts);
	return sum;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/xdp_program.h"

#include "dataplane/bpf_descriptor.h"
#include "dataplane/log.h"
#include "dataplane/xdp/settings.h"
#include "dataplane/xdp_record.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Made from xdp/redirect.bpf.c at build time. */
extern const unsigned char xdp_redirect_object[];
extern const unsigned long xdp_redirect_object_len;

enum { MAPS_MAX = 8 };

int xdp_program_file(void)
{
	int fd = memfd_create("uproar-redirect.o", 0); // no CLOEXEC matter: we exec nothing

	if (fd < 0)
		return -errno;
	if (write(fd, xdp_redirect_object, xdp_redirect_object_len) !=
		(ssize_t)xdp_redirect_object_len) {
		close(fd);
		return -EIO;
	}
	return fd;
}

/* The program attached to the interface, its id being written: its descriptor, -ENOENT if there is
 * none, or -errno. */
static int attached(unsigned interface, uint32_t *id, struct bpf_prog_info *info, uint32_t *maps)
{
	uint32_t len = sizeof(*info);

	*id = 0;
	if (bpf_xdp_query_id((int)interface, 0, id) < 0)
		return -errno;
	if (*id == 0)
		return -ENOENT;
	int fd = bpf_program_by_id(*id);
	if (fd < 0)
		return fd;
	*info = (struct bpf_prog_info){.nr_map_ids = MAPS_MAX, .map_ids = (uintptr_t)maps};
	if (bpf_obj_get_info_by_fd(fd, info, &len) < 0) {
		int ret = -errno;
		close(fd);
		return ret;
	}
	return fd;
}

static bool is_ours(const struct bpf_prog_info *info)
{
	return strcmp(info->name, XDP_PROGRAM_NAME) == 0;
}

/* Descriptor of the program's map of that name, or -errno. */
static int find_map(const struct bpf_prog_info *info, const uint32_t *maps, const char *name)
{
	for (unsigned i = 0; i < info->nr_map_ids && i < MAPS_MAX; i++) {
		struct bpf_map_info map = {0};
		uint32_t len = sizeof(map);
		int fd = bpf_map_by_id(maps[i]);

		if (fd < 0)
			return fd;
		if (bpf_obj_get_info_by_fd(fd, &map, &len) == 0 && strcmp(map.name, name) == 0)
			return fd;
		close(fd);
	}
	return -ENOENT;
}

/* What the program itself says; nobody if it says nothing. */
static struct xdp_owner owner_of(const struct bpf_prog_info *info, const uint32_t *maps)
{
	struct xdp_settings settings = {0};
	uint32_t zero = 0;
	int map = find_map(info, maps, XDP_SETTINGS_MAP);

	if (map >= 0) {
		(void)!bpf_map_lookup_elem(map, &zero, &settings);
		close(map);
	}
	return (struct xdp_owner){settings.owner, settings.owner_started};
}

/* Our program on an interface, if its owner is gone. */
static int take_off(const char *interface, const struct xdp_owner *owner, const char *records,
	uint32_t id, char *error, size_t cap)
{
	if (xdp_owner_lives(owner)) {
		snprintf(error, cap, "%s is in use by another uproard, process %u", interface,
			owner->pid);
		return -EBUSY;
	}
	if (bpf_xdp_detach((int)if_nametoindex(interface), 0, NULL) == 0) {
		if (records != NULL)
			xdp_record_remove(records, id);
		return 0;
	}
	int ret = -errno;
	snprintf(error, cap, "cannot take our old XDP program off %s: %s", interface,
		strerror(-ret));
	return ret;
}

int xdp_program_clear_stale(const char *interface, const char *records, char *error, size_t cap)
{
	unsigned index = if_nametoindex(interface);
	struct bpf_prog_info info;
	struct xdp_owner owner;
	uint32_t maps[MAPS_MAX] = {0}, id;

	if (index == 0) {
		snprintf(error, cap, "there is no network interface %s", interface);
		return -ENODEV;
	}
	int fd = attached(index, &id, &info, maps);
	if (fd == -ENOENT)
		return 0;
	if (fd == -EPERM && records != NULL && xdp_record_read(records, id, &owner))
		return take_off(interface, &owner, records, id, error, cap);
	if (fd < 0) {
		snprintf(error, cap,
			"an XDP program is on %s, and whose it is cannot be asked: %s%s; take it "
			"off with: ip "
			"link set dev %s xdp off",
			interface, strerror(-fd), fd == -EPERM ? " (it takes CAP_SYS_ADMIN)" : "",
			interface);
		return fd;
	}
	int ret;
	if (!is_ours(&info)) {
		snprintf(error, cap,
			"another XDP program, %s (id %u), is on %s: take it off (ip link set dev "
			"%s xdp off) if it "
			"is not needed, or choose another interface",
			info.name, info.id, interface, interface);
		ret = -EBUSY;
	} else {
		owner = owner_of(&info, maps);
		ret = take_off(interface, &owner, records, id, error, cap);
	}
	close(fd);
	return ret;
}

static int set_port(int map, uint16_t port)
{
	uint32_t zero = 0;
	struct xdp_owner self = xdp_owner_self();
	struct xdp_settings settings = {
		.port = htons(port),
		.owner = self.pid,
		.owner_started = self.started,
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
	struct bpf_prog_info info;
	uint32_t maps[MAPS_MAX] = {0};
	int fd = attached(if_nametoindex(interface), &p->id, &info, maps);

	if (fd < 0)
		return fd;
	close(fd);
	if (!is_ours(&info))
		return -EBUSY;
	p->settings_map = find_map(&info, maps, XDP_SETTINGS_MAP);
	if (p->settings_map < 0)
		return p->settings_map;
	p->count_map = find_map(&info, maps, XDP_COUNT_MAP);
	int ret = p->count_map < 0 ? p->count_map : set_port(p->settings_map, port);
	if (ret < 0) {
		if (p->count_map >= 0)
			close(p->count_map);
		close(p->settings_map);
		return ret;
	}
	note(p, records);
	return 0;
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

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/xdp_stale.h"

#include "dataplane/xdp/settings.h"
#include "dataplane/xdp_attachment.h"
#include "dataplane/xdp_record.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* libxdp's program that calls several others in turn. */
static const char dispatcher[] = "xdp_dispatcher";

struct search {
	const char *interface;
	const char *records;
	char *error;
	size_t cap;
};

/* What the program itself says; nobody if it says nothing. */
static struct xdp_owner owner_of(const struct xdp_description *d)
{
	struct xdp_settings settings = {0};
	uint32_t zero = 0;
	int map = xdp_description_map(d, XDP_SETTINGS_MAP);

	if (map >= 0) {
		(void)!bpf_map_lookup_elem(map, &zero, &settings);
		close(map);
	}
	return (struct xdp_owner){settings.owner, settings.owner_started, settings.owner_space};
}

/* As `ip link` calls the mode in which it is taken off. */
static const char *word(enum xdp_mode mode)
{
	static const char *const words[XDP_MODES] = {"xdp", "xdpgeneric", "xdpoffload"};

	return words[mode];
}

/* Our program on an interface, if its owner is gone. */
static int take_off(
	const struct search *s, const struct xdp_attachment *a, const struct xdp_owner *owner)
{
	if (xdp_owner_is_elsewhere(owner)) {
		snprintf(s->error, s->cap,
			"%s has the XDP program of an uproard of another container, and whether "
			"that lives cannot be seen from here: if it does not, take the program off "
			"with: ip link set dev %s %s off",
			s->interface, s->interface, word(a->mode));
		return -EBUSY;
	}
	if (xdp_owner_lives(owner)) {
		snprintf(s->error, s->cap, "%s is in use by another uproard, process %u",
			s->interface, owner->pid);
		return -EBUSY;
	}
	int ret = xdp_attachment_remove(a);
	if (ret == 0) {
		if (s->records != NULL)
			xdp_record_remove(s->records, a->id);
		return 0;
	}
	snprintf(s->error, s->cap, "cannot take our old XDP program off %s: %s", s->interface,
		strerror(-ret));
	return ret;
}

static int leave_foreign(
	const struct search *s, const struct xdp_attachment *a, const struct xdp_description *d)
{
	if (strcmp(d->info.name, dispatcher) == 0)
		snprintf(s->error, s->cap,
			"libxdp's dispatcher (%s, id %u) is on %s with the programs of others: see "
			"xdp-loader status %s, and unload them (xdp-loader unload %s --all) if "
			"they "
			"are not needed, or choose another interface",
			dispatcher, a->id, s->interface, s->interface, s->interface);
	else
		snprintf(s->error, s->cap,
			"another XDP program, %s (id %u), is on %s in %s mode: take it off (ip "
			"link set "
			"dev %s %s off) if it is not needed, or choose another interface",
			d->info.name, a->id, s->interface, xdp_mode_name(a->mode), s->interface,
			word(a->mode));
	return -EBUSY;
}

static int clear_one(const struct search *s, const struct xdp_attachment *a)
{
	struct xdp_description d;
	struct xdp_owner owner;
	int ret = xdp_attachment_describe(a, &d);

	if (ret == -EPERM && s->records != NULL && xdp_record_read(s->records, a->id, &owner))
		return take_off(s, a, &owner);
	if (ret < 0) {
		snprintf(s->error, s->cap,
			"an XDP program is on %s, and whose it is cannot be asked: %s%s; take it "
			"off with: ip link set dev %s %s off",
			s->interface, strerror(-ret),
			ret == -EPERM ? " (it takes CAP_SYS_ADMIN)" : "", s->interface,
			word(a->mode));
		return ret;
	}
	if (strcmp(d.info.name, XDP_PROGRAM_NAME) != 0)
		return leave_foreign(s, a, &d);
	owner = owner_of(&d);
	return take_off(s, a, &owner);
}

int xdp_stale_clear(const char *interface, const char *records, char *error, size_t cap)
{
	const struct search s = {interface, records, error, cap};
	struct xdp_attachment found[XDP_MODES];
	int n = xdp_attachments(if_nametoindex(interface), found), ret = 0;

	if (n < 0)
		snprintf(error, cap, "cannot ask which XDP programs are on %s: %s", interface,
			strerror(-n));
	for (int i = 0; ret == 0 && i < n; i++)
		ret = clear_one(&s, &found[i]);
	return n < 0 ? n : ret;
}

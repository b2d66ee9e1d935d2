/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/carrier.h"

#include "hugepages/host/pci.h"
#include "hugepages/host/sessions.h"
#include "hugepages/host/tree.h"

#include <string.h>

enum { DEPTH_MAX = 8, TRAIL_MAX = 160 };

static bool is_on(const struct host *h, const char *interface, const char *address)
{
	char below[2][PCI_ADDRESS_MAX];
	unsigned n = pci_of_interface(h, interface, below);

	return (n > 0 && strcmp(below[0], address) == 0) ||
	       (n > 1 && strcmp(below[1], address) == 0);
}

/* Down through bonds, bridges, VLANs: each names those below it as lower_NAME. */
static bool reaches(const struct host *h, const char *interface, const char *address,
	unsigned depth, char trail[TRAIL_MAX])
{
	DIR *dir = depth < DEPTH_MAX ? tree_list(h, "/sys/class/net/%s", interface) : NULL;
	struct dirent *entry;
	bool found = is_on(h, interface, address);

	if (found)
		snprintf(trail, TRAIL_MAX, "%s", interface);
	while (!found && dir != NULL && (entry = readdir(dir)) != NULL) {
		char rest[TRAIL_MAX];

		if (strncmp(entry->d_name, "lower_", 6) != 0)
			continue;
		found = reaches(h, entry->d_name + 6, address, depth + 1, rest);
		if (found && snprintf(trail, TRAIL_MAX, "%s over %s", interface, rest) < 0)
			trail[0] = '\0';
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* A port of Open vSwitch does not name what is below it: all that the switch has may be. */
static bool reaches_through_switch(
	const struct host *h, const char *interface, const char *address, char trail[TRAIL_MAX])
{
	char below[2][PCI_ADDRESS_MAX];

	return pci_of_interface(h, interface, below) == 0 &&
	       tree_has(h, "/sys/class/net/ovs-system") &&
	       reaches(h, "ovs-system", address, 0, trail);
}

static bool any_reaches(const struct host *h, const struct interface_set *set, const char *address,
	const char *what, char *why, size_t cap)
{
	char trail[TRAIL_MAX];

	for (unsigned i = 0; i < set->n; i++) {
		if (!reaches(h, set->names[i], address, 0, trail) &&
			!reaches_through_switch(h, set->names[i], address, trail))
			continue;
		snprintf(why, cap, "carries %s (%s)", what, trail);
		return true;
	}
	return false;
}

bool carrier_is(const struct host *h, const char *address, char *why, size_t cap)
{
	struct interface_set defaults = {0}, sessions = {0};

	routes_default(h, &defaults);
	if (any_reaches(h, &defaults, address, "the default route", why, cap))
		return true;
	sessions_find(h, &sessions);
	return any_reaches(h, &sessions, address, "an ssh session", why, cap);
}

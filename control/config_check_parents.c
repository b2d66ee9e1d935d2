/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/channel_tree.h"
#include "control/config_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Channels by their place in the list. */
struct family {
	uint16_t place[WIRE_CHANNELS_MAX]; // by id
	uint16_t parent[WIRE_CHANNELS_MAX];
	uint16_t walk[WIRE_CHANNELS_MAX];
};

static int wrong_parent(
	const struct config_check *k, const struct config *c, unsigned i, const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), "channels[%u].parent", i);
	return config_wrong(k, path, "%u %s", *c->channels[i].parent, what);
}

static int take_parent(
	const struct config_check *k, const struct config *c, unsigned i, struct family *f)
{
	const struct config_channel *channel = &c->channels[i];

	if (*channel->parent >= WIRE_CHANNELS_MAX ||
		f->place[*channel->parent] == CHANNEL_TREE_NONE)
		return wrong_parent(
			k, c, i, "is not among the channels: open it, or leave out the parent");
	if (*channel->parent == channel->id)
		return wrong_parent(
			k, c, i, "is the channel itself: name another one, or leave it out");
	f->parent[i] = f->place[*channel->parent];
	return 0;
}

static int check_family(const struct config_check *k, const struct config *c, struct family *f)
{
	memset(f->place, 0xff, sizeof(f->place));
	memset(f->parent, 0xff, sizeof(f->parent));
	for (unsigned i = 0; i < c->n_channels; i++)
		f->place[c->channels[i].id] = (uint16_t)i;
	for (unsigned i = 0; i < c->n_channels; i++) {
		if (c->channels[i].parent != NULL && take_parent(k, c, i, f) < 0)
			return -EINVAL;
	}
	int round = channel_tree_circle(f->parent, c->n_channels, f->walk);
	if (round < 0)
		return 0;
	return wrong_parent(k, c, (unsigned)round,
		"comes back to the channel, from parent to parent: leave one of them out");
}

int config_check_parents(const struct config_check *k, const struct config *c)
{
	struct family *f = malloc(sizeof(*f));

	if (f == NULL)
		return config_wrong(k, "channels", "no memory to check them");
	int ret = check_family(k, c, f);
	free(f);
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { NOT_THERE = UINT16_MAX };

/* The channels by id, and by their place in the list the last walk that came by. */
struct family {
	uint16_t place[WIRE_CHANNELS_MAX + 1];
	uint16_t walk[WIRE_CHANNELS_MAX + 1];
};

static int wrong_parent(
	const struct config_check *k, const struct config *c, unsigned i, const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), "channels[%u].parent", i);
	return config_wrong(k, path, "%u %s", *c->channels[i].parent, what);
}

static int check_one(const struct config_check *k, const struct config *c, unsigned i,
	const struct family *f)
{
	const struct config_channel *channel = &c->channels[i];

	if (*channel->parent >= WIRE_CHANNELS_MAX || f->place[*channel->parent] == NOT_THERE)
		return wrong_parent(k, c, i,
			"is not among the channels: open it, or leave out the parent");
	if (*channel->parent == channel->id)
		return wrong_parent(
			k, c, i, "is the channel itself: name another one, or leave it out");
	return 0;
}

/* Up from each channel, until a place where an earlier walk was: who meets itself goes round. */
static int check_walk(
	const struct config_check *k, const struct config *c, unsigned i, struct family *f)
{
	unsigned at = i;

	while (f->walk[at] == 0 && c->channels[at].parent != NULL) {
		f->walk[at] = (uint16_t)(i + 1);
		at = f->place[*c->channels[at].parent];
	}
	if (f->walk[at] == i + 1)
		return wrong_parent(k, c, at,
			"comes back to the channel, from parent to parent: leave one of them out");
	return 0;
}

int config_check_parents(const struct config_check *k, const struct config *c)
{
	struct family *f = calloc(1, sizeof(*f));
	int ret = 0;

	if (f == NULL)
		return -ENOMEM;
	for (unsigned id = 0; id < WIRE_CHANNELS_MAX; id++)
		f->place[id] = NOT_THERE;
	for (unsigned i = 0; i < c->n_channels; i++)
		f->place[c->channels[i].id] = (uint16_t)i;
	for (unsigned i = 0; ret == 0 && i < c->n_channels; i++) {
		if (c->channels[i].parent != NULL)
			ret = check_one(k, c, i, f);
	}
	for (unsigned i = 0; ret == 0 && i < c->n_channels; i++)
		ret = check_walk(k, c, i, f);
	free(f);
	return ret;
}

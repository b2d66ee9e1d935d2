/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What an appliance counts: its reactions and channels, from the document GET /v1/catalogue. The
 * document is a stranger's: everything in it is checked, and nothing that could move a terminal's
 * cursor gets through.
 */
#ifndef CLIENT_CATALOGUE_H
#define CLIENT_CATALOGUE_H

#include "client/endpoint.h"
#include "wire/limits.h"

#include <stddef.h>
#include <stdint.h>

enum {
	CATALOGUE_NAME_MAX = 65, // a name has 64 bytes at most
	CATALOGUE_EMOJI_MAX = 48,
	CATALOGUE_WHY_MAX = 160,
};

struct catalogue_reaction {
	uint8_t id;
	char name[CATALOGUE_NAME_MAX];
	char emoji[CATALOGUE_EMOJI_MAX]; // may be empty
	double weight;                   // -1 to 1
};

struct catalogue_channel {
	uint16_t id;
	int parent; // a channel, or -1
	char name[CATALOGUE_NAME_MAX];
};

struct catalogue {
	unsigned reactions;
	struct catalogue_reaction reaction[WIRE_REACTIONS_MAX];
	unsigned channels;
	struct catalogue_channel *channel; // ascending by id
	unsigned window_ms;
};

/* Reads the document. 0 (free it after use), or -EINVAL with a sentence in why, or -ENOMEM. */
int catalogue_parse(const char *json, size_t len, struct catalogue *out, char *why);

/* Fetches and reads it; why says in a sentence what went wrong. 0 or -errno. */
int catalogue_fetch(
	const struct endpoint *http, uint64_t deadline, struct catalogue *out, char *why);

void catalogue_free(struct catalogue *c);

/* NULL if there is none of that id. */
const struct catalogue_reaction *catalogue_reaction(const struct catalogue *c, uint8_t id);
const struct catalogue_channel *catalogue_channel(const struct catalogue *c, uint16_t id);

#endif

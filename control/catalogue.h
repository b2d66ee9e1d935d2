/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The catalogue of reactions in the forms that the others need: known ids and a text matcher for
 * the dataplane, weights for the score, labels for frames in JSON, a document for clients.
 */
#ifndef CONTROL_CATALOGUE_H
#define CONTROL_CATALOGUE_H

#include "control/config.h"
#include "dataplane/text_matcher.h"

struct catalogue {
	struct text_matcher *matcher;
	uint64_t known[WIRE_REACTIONS_MAX / 64];
	double weights[WIRE_REACTIONS_MAX];     // 0 for ids that the catalogue does not have
	const char *labels[WIRE_REACTIONS_MAX]; // see frame_encode_json(); owned
	const char *names[WIRE_REACTIONS_MAX];  // owned
};

/* 0, or -errno with a sentence in error. */
int catalogue_make(struct catalogue *c, const struct config *config, char *error, size_t cap);
void catalogue_free(struct catalogue *c);

/* Do both find the same reactions in text? Then they can have the same matcher. */
bool catalogue_finds_the_same(const struct config *a, const struct config *b);

/* The same as catalogue_make(), with a matcher that is there, of which it takes a reference. NULL:
 * none, for whoever sees no text. */
int catalogue_make_with(struct catalogue *c, const struct config *config,
	struct text_matcher *matcher, char *error, size_t cap);

/* GET /v1/catalogue: reactions, channels, length of the window, ports. NULL: no memory. free() it.
 */
char *catalogue_document(const struct config *config);

#endif

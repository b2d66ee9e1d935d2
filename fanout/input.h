/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Bytes of a request that has not arrived whole. Only a connection that is still asking has one.
 */
#ifndef FANOUT_INPUT_H
#define FANOUT_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct input {
	uint32_t len;
	uint32_t cap;
	uint8_t bytes[];
};

/* Appends to in, which may be NULL. The new place of in; NULL, and in is freed, without memory. */
struct input *input_append(struct input *in, const uint8_t *bytes, size_t len);

/* Forgets the first n bytes, which were dealt with. */
void input_consume(struct input *in, size_t n);

#endif

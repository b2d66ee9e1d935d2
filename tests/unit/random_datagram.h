/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Reaction datagrams for tests of decoders: random ones, and well-formed ones that were damaged a
 * little, which come past the first checks.
 */
#ifndef TESTS_RANDOM_DATAGRAM_H
#define TESTS_RANDOM_DATAGRAM_H

#include "seeded_random.h"

#include <stddef.h>
#include <stdint.h>

enum { RANDOM_DATAGRAM_ROOM = 1400 };

struct random_datagram {
	uint8_t bytes[RANDOM_DATAGRAM_ROOM];
	size_t len;
};

void random_datagram_make(struct random_datagram *d, struct seeded_random *r);

#endif

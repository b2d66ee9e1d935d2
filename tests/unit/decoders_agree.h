/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The fast decoder of reaction datagrams and the plain one, side by side.
 */
#ifndef TESTS_DECODERS_AGREE_H
#define TESTS_DECODERS_AGREE_H

#include "wire/refusal.h"

#include <stddef.h>
#include <stdint.h>

/* What both say of a payload; the test fails if they differ in anything, and shows the bytes. */
enum refusal decoders_agree(const uint8_t *payload, size_t len);

void dump_bytes(const uint8_t *bytes, size_t len);

#endif

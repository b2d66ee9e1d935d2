/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The list of channels that a subscriber asks for: decimal numbers and ranges of them, with commas,
 * "1,2,5" or "0-4095".
 */
#ifndef FANOUT_CHANNEL_LIST_H
#define FANOUT_CHANNEL_LIST_H

#include "wire/limits.h"

#include <stddef.h>
#include <stdint.h>

enum { CHANNEL_LIST_MAX = WIRE_CHANNELS_MAX };

struct channel_list { // 128 KiB
	uint32_t n;
	uint16_t channels[CHANNEL_LIST_MAX]; // in the order asked for, each once
};

/*
 * Parses exactly len bytes. NULL, or the reason why this is no list, for the person who asked: a
 * static string without a line end. Behind the first channel that is more than most nothing is
 * looked at any more: then out->n is most + 1.
 */
const char *channel_list_parse(const char *in, size_t len, uint32_t most, struct channel_list *out);

#endif

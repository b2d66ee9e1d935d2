/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What one can subscribe to: the frames of a channel in their binary or their JSON form. In a word:
 * channel (16 bits), kind (8), flags (8). The catalogue is the JSON form of a channel that does not
 * exist.
 */
#ifndef FANOUT_TOPIC_H
#define FANOUT_TOPIC_H

#include "wire/limits.h"

#include <stdint.h>

enum topic_kind { TOPIC_BINARY, TOPIC_JSON, TOPIC_KINDS };

/* Every frame of it is marked as retained, not only the first (MQTT 5: Retain As Published). */
enum { TOPIC_RETAINED = 1 };

enum { TOPIC_CATALOGUE = WIRE_CHANNEL_NONE };

static inline uint32_t topic_of(uint16_t channel, enum topic_kind kind, unsigned flags)
{
	return channel | (uint32_t)kind << 16 | flags << 24;
}

static inline uint16_t topic_channel(uint32_t topic)
{
	return (uint16_t)topic;
}

static inline enum topic_kind topic_kind(uint32_t topic)
{
	return (enum topic_kind)(topic >> 16 & 0xff);
}

static inline unsigned topic_flags(uint32_t topic)
{
	return topic >> 24;
}

#endif

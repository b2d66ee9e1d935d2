/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_filter.h"

#include "wire/limits.h"

#include <string.h>

enum { LEVELS = 3 }; // no topic has more

/* The levels of a filter, without a # at its end. */
struct levels {
	struct mqtt_text level[LEVELS];
	unsigned n; // may be more than LEVELS
	bool rest;  // # follows
};

static bool is(struct mqtt_text level, const char *text)
{
	return level.len == strlen(text) && memcmp(level.at, text, level.len) == 0;
}

static bool has(struct mqtt_text level, char wildcard)
{
	return memchr(level.at, wildcard, level.len) != NULL;
}

/* Takes one level; false if a wildcard stands where none may. */
static bool add_level(struct levels *out, struct mqtt_text level, bool last)
{
	if (has(level, '#')) {
		out->rest = true;
		return last && level.len == 1;
	}
	if (has(level, '+') && level.len != 1)
		return false;
	if (out->n < LEVELS)
		out->level[out->n] = level;
	out->n++;
	return true;
}

static bool split(struct mqtt_text text, struct levels *out)
{
	const uint8_t *at = text.at, *end = text.at + text.len;

	*out = (struct levels){0};
	for (;;) {
		const uint8_t *slash = memchr(at, '/', (size_t)(end - at));
		const uint8_t *stop = slash == NULL ? end : slash;

		if (!add_level(out, (struct mqtt_text){at, (uint16_t)(stop - at)}, slash == NULL))
			return false;
		if (slash == NULL)
			return true;
		at = slash + 1;
	}
}

/* The channel that this level names, MQTT_ANY_CHANNEL for a +, or -1: no topic has it. */
static int channel_of(struct mqtt_text level)
{
	uint32_t channel = 0;

	if (is(level, "+"))
		return MQTT_ANY_CHANNEL;
	if (level.len == 0 || level.len > 5 || (level.at[0] == '0' && level.len > 1))
		return -1;
	for (unsigned i = 0; i < level.len; i++) {
		if (level.at[i] < '0' || level.at[i] > '9')
			return -1;
		channel = channel * 10 + (level.at[i] - '0');
	}
	return channel < WIRE_CHANNELS_MAX ? (int)channel : -1;
}

/* Does level i, if the filter has it, match this text? */
static bool matches(const struct levels *l, unsigned i, const char *text)
{
	return i >= l->n || is(l->level[i], "+") || is(l->level[i], text);
}

/* Can the filter match a topic of so many levels? With a #, also the level above it (4.7.1.2). */
static bool reaches(const struct levels *l, unsigned levels)
{
	return l->rest ? l->n <= levels : l->n == levels;
}

static void match(const struct levels *l, struct mqtt_filter *out)
{
	int channel = l->n < 2 ? MQTT_ANY_CHANNEL : channel_of(l->level[1]);

	if (!matches(l, 0, "uproar"))
		return;
	if (reaches(l, 2) && matches(l, 1, "catalogue"))
		out->kinds |= MQTT_TOPIC_CATALOGUE;
	if (!reaches(l, 3) || channel < 0)
		return;
	out->channel = (uint32_t)channel;
	if (matches(l, 2, "frame"))
		out->kinds |= MQTT_TOPIC_FRAME;
	if (matches(l, 2, "json"))
		out->kinds |= MQTT_TOPIC_JSON;
}

/* FNV-1a. Who makes two filters of one hash deceives nobody but himself. */
static uint64_t hash(struct mqtt_text text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (unsigned i = 0; i < text.len; i++)
		h = (h ^ text.at[i]) * UINT64_C(0x100000001b3);
	return h;
}

enum mqtt_reason mqtt_filter_compile(struct mqtt_text text, struct mqtt_filter *out)
{
	static const char share[] = "$share/";
	struct levels l;

	if (!split(text, &l))
		return MQTT_INVALID_FILTER;
	if (text.len >= sizeof(share) - 1 && memcmp(text.at, share, sizeof(share) - 1) == 0)
		return MQTT_SHARED_UNSUPPORTED;
	*out = (struct mqtt_filter){.hash = hash(text), .channel = MQTT_ANY_CHANNEL};
	match(&l, out);
	return MQTT_OK;
}

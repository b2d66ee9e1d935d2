/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/proxy_header.h"

#include "wire/bytes.h"

#include <stdbool.h>
#include <string.h>

static const uint8_t SIGNATURE[12] = {
	0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
static const uint8_t VERSION_1[6] = {'P', 'R', 'O', 'X', 'Y', ' '};

enum { AT_COMMAND = 12, AT_FAMILY = 13, AT_LENGTH = 14 };
enum { COMMAND_LOCAL = 0x20, COMMAND_PROXY = 0x21 }; // with the version
enum { FAMILY_UNSPEC = 0x00, FAMILY_TCP4 = 0x11, FAMILY_TCP6 = 0x21, FAMILY_UNIX = 0x31 };
enum { LENGTH_TCP4 = 12, LENGTH_TCP6 = 36, LENGTH_UNIX = 216 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool begins_like(const struct proxy_header *p, const uint8_t *what, size_t len)
{
	return memcmp(p->bytes, what, least(p->taken, len)) == 0;
}

/* Is it none already? Looked at before it is whole, so that a stranger is not waited for. */
static enum proxy_result check_signature(const struct proxy_header *p)
{
	if (begins_like(p, SIGNATURE, sizeof(SIGNATURE)))
		return PROXY_MORE;
	if (!begins_like(p, VERSION_1, sizeof(VERSION_1)))
		return PROXY_MALFORMED;
	return p->taken < sizeof(VERSION_1) ? PROXY_MORE : PROXY_VERSION_1;
}

static size_t length_of(const struct proxy_header *p)
{
	return load_be16(p->bytes + AT_LENGTH);
}

/* The first PROXY_HEAD_LEN bytes are there. */
static bool head_is_sound(const struct proxy_header *p)
{
	size_t length = length_of(p);

	if (length > PROXY_LENGTH_MAX)
		return false;
	if (p->bytes[AT_COMMAND] == COMMAND_LOCAL) // whatever else it says is to be ignored
		return true;
	if (p->bytes[AT_COMMAND] != COMMAND_PROXY)
		return false;
	switch (p->bytes[AT_FAMILY]) {
	case FAMILY_UNSPEC:
		return true;
	case FAMILY_TCP4:
		return length >= LENGTH_TCP4;
	case FAMILY_TCP6:
		return length >= LENGTH_TCP6;
	case FAMILY_UNIX:
		return length >= LENGTH_UNIX;
	default:
		return false;
	}
}

static enum proxy_result whole(const struct proxy_header *p, source_t *client)
{
	if (p->bytes[AT_COMMAND] != COMMAND_PROXY)
		return PROXY_NOBODY;
	if (p->bytes[AT_FAMILY] == FAMILY_TCP4)
		*client = source_of_ipv4(p->bytes + PROXY_HEAD_LEN);
	else if (p->bytes[AT_FAMILY] == FAMILY_TCP6)
		*client = source_of_ipv6(p->bytes + PROXY_HEAD_LEN);
	else
		return PROXY_NOBODY;
	return PROXY_CLIENT;
}

/* Takes what there is of the bytes up to end; those that do not fit are skipped. */
static size_t take_until(struct proxy_header *p, size_t end, const uint8_t *bytes, size_t len)
{
	size_t n = least(len, end - p->taken);

	if (p->taken < sizeof(p->bytes))
		memcpy(p->bytes + p->taken, bytes, least(n, sizeof(p->bytes) - p->taken));
	p->taken += (uint16_t)n;
	return n;
}

size_t proxy_header_wants(const struct proxy_header *p)
{
	size_t end = p->taken < PROXY_HEAD_LEN ? PROXY_HEAD_LEN : PROXY_HEAD_LEN + length_of(p);

	return end - p->taken;
}

enum proxy_result proxy_header_take(
	struct proxy_header *p, const uint8_t *bytes, size_t len, size_t *used, source_t *client)
{
	*used = 0;
	if (p->taken < PROXY_HEAD_LEN) {
		*used = take_until(p, PROXY_HEAD_LEN, bytes, len);
		enum proxy_result result = check_signature(p);
		if (result != PROXY_MORE)
			return result;
		if (p->taken < PROXY_HEAD_LEN)
			return PROXY_MORE;
		if (!head_is_sound(p))
			return PROXY_MALFORMED;
	}
	*used += take_until(p, PROXY_HEAD_LEN + length_of(p), bytes + *used, len - *used);
	return p->taken < PROXY_HEAD_LEN + length_of(p) ? PROXY_MORE : whole(p, client);
}

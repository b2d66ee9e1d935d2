/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/values.h"

#include "client/number.h"
#include "client/traffic/hostile.h"
#include "wire/hex.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { VLAN_MAX = 4094 };

/* Up to two digits behind the point: hundredths. */
static int hundredths(const char *digits, uint64_t *out)
{
	size_t len = strlen(digits);

	if (len < 1 || len > 2 || number_parse(digits, 0, 99, out) < 0)
		return -EINVAL;
	*out *= len == 1 ? 10 : 1;
	return 0;
}

int traffic_share_parse(const char *text, uint16_t *out)
{
	size_t len = strcspn(text, ".");
	uint64_t whole, part = 0;
	char digits[4];

	if (len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (number_parse(digits, 0, 100, &whole) < 0 ||
		(text[len] == '.' && hundredths(text + len + 1, &part) < 0) ||
		whole * 100 + part > TRAFFIC_WHOLE)
		return -EINVAL;
	*out = (uint16_t)(whole * 100 + part);
	return 0;
}

int traffic_mac_parse(const char *text, uint8_t out[6])
{
	if (strlen(text) != 17)
		return -EINVAL;
	for (unsigned i = 0; i < 6; i++) {
		char end = text[3 * i + 2];

		if (hex_parse(text + 3 * i, 2, &out[i], 1) < 0 || end != (i < 5 ? ':' : '\0'))
			return -EINVAL;
	}
	return 0;
}

int traffic_vlan_parse(const char *text, uint16_t out[TRAFFIC_VLANS_MAX], uint8_t *n)
{
	for (*n = 0; *n < TRAFFIC_VLANS_MAX;) {
		size_t len = strcspn(text, ",");
		char digits[8];
		uint64_t id;

		snprintf(digits, sizeof(digits), "%.*s", (int)len, text);
		if (len >= sizeof(digits) || number_parse(digits, 0, VLAN_MAX, &id) < 0)
			return -EINVAL;
		out[(*n)++] = (uint16_t)id;
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
	return -EINVAL;
}

int traffic_net_parse(const char *text, bool v6, uint8_t out[16], uint8_t *bits)
{
	size_t len = strcspn(text, "/"), bytes = v6 ? 16 : 4;
	char address[INET6_ADDRSTRLEN];
	uint64_t n;

	if (text[len] != '/' || len >= sizeof(address) ||
		number_parse(text + len + 1, 0, bytes * 8, &n) < 0)
		return -EINVAL;
	memcpy(address, text, len);
	address[len] = '\0';
	memset(out, 0, 16);
	if (inet_pton(v6 ? AF_INET6 : AF_INET, address, out) != 1)
		return -EINVAL;
	for (size_t i = n; i < bytes * 8; i++)
		out[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	*bits = (uint8_t)n;
	return 0;
}

/* REFUSED_none for what is no name of one. */
static enum refusal reason_named(const char *name)
{
	for (enum refusal r = REFUSED_none + 1; r < REFUSALS; r++) {
		if (strcmp(refusal_name(r), name) == 0)
			return r;
	}
	return REFUSED_none;
}

int traffic_reasons_parse(const char *text, uint64_t *out, char name[TRAFFIC_REASON_MAX])
{
	*out = 0;
	for (const char *at = text;;) {
		size_t len = strcspn(at, ",");

		snprintf(name, TRAFFIC_REASON_MAX, "%.*s", (int)len, at);
		uint64_t bit = HOSTILE_BIT(reason_named(name));
		if ((bit & HOSTILE_ALL) == 0)
			return -EINVAL;
		*out |= bit;
		if (at[len] == '\0')
			return 0;
		at += len + 1;
	}
}

/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/tap.h"

#include "client/number.h"
#include "wire/reaction.h"
#include "wire/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* REACTION:COUNT in digits; whether the numbers are in range is not asked here. */
static bool looks_like_pair(const char *word)
{
	size_t digits = strspn(word, "0123456789");

	if (digits == 0 || word[digits] != ':')
		return false;
	size_t more = strspn(word + digits + 1, "0123456789");
	return more > 0 && word[digits + 1 + more] == '\0';
}

static int parse_pair(const char *word, uint8_t pair[2], char *why)
{
	char id_text[16];
	uint64_t id, count;
	size_t len = strcspn(word, ":");

	snprintf(id_text, sizeof(id_text), "%.*s", (int)(len < 15 ? len : 15), word);
	if (number_parse(id_text, 0, WIRE_REACTIONS_MAX - 1, &id) < 0) {
		snprintf(why, TAP_WHY_MAX, "'%s': a reaction is 0 to %d", word,
			WIRE_REACTIONS_MAX - 1);
		return -EINVAL;
	}
	if (number_parse(word + len + 1, 1, 255, &count) < 0) {
		snprintf(why, TAP_WHY_MAX, "'%s': a count is 1 to 255", word);
		return -EINVAL;
	}
	pair[0] = (uint8_t)id;
	pair[1] = (uint8_t)count;
	return 0;
}

static size_t put_header(const struct tap *tap, uint8_t flags, uint8_t *payload)
{
	struct reaction_datagram d = {
		.session = tap->session,
		.sequence = tap->sequence,
		.channel = (uint16_t)(tap->channel < 0 ? 0 : tap->channel),
		.flags = (uint8_t)(flags | (tap->ticket != NULL ? REACTION_TICKET : 0) |
				   (tap->receipt ? REACTION_RECEIPT : 0)),
		.batches = 1,
		.ticket = tap->ticket,
	};

	return reaction_put_header(payload, WIRE_PAYLOAD_MAX, &d);
}

static int build_batch(const struct tap *tap, uint8_t *payload, char *why)
{
	uint8_t pairs[2 * WIRE_PAIRS_MAX];

	if (tap->n > WIRE_PAIRS_MAX) {
		snprintf(why, TAP_WHY_MAX, "a batch holds at most %d reactions", WIRE_PAIRS_MAX);
		return -EINVAL;
	}
	for (unsigned i = 0; i < tap->n; i++) {
		int ret = parse_pair(tap->words[i], pairs + 2 * i, why);

		if (ret < 0)
			return ret;
	}
	size_t len = put_header(tap, 0, payload);
	len = reaction_put_batch(payload, WIRE_PAYLOAD_MAX, len, pairs, tap->n);
	if (len == 0) {
		snprintf(why, TAP_WHY_MAX, "each reaction may be named once");
		return -EINVAL;
	}
	return (int)len;
}

static int join(const struct tap *tap, char text[WIRE_TEXT_MAX + 1], char *why)
{
	size_t len = 0;

	for (unsigned i = 0; i < tap->n; i++) {
		int n = snprintf(text + len, WIRE_TEXT_MAX + 1 - len, "%s%s", i == 0 ? "" : " ",
			tap->words[i]);

		if (n < 0 || (size_t)n > WIRE_TEXT_MAX - len) {
			snprintf(why, TAP_WHY_MAX, "text is at most %d bytes long", WIRE_TEXT_MAX);
			return -EINVAL;
		}
		len += (size_t)n;
	}
	if (len == 0 || !utf8_valid((const uint8_t *)text, len)) {
		snprintf(why, TAP_WHY_MAX, len == 0 ? "there is no text" : "the text is not UTF-8");
		return -EINVAL;
	}
	return (int)len;
}

static int build_text(const struct tap *tap, uint8_t *payload, char *why)
{
	char text[WIRE_TEXT_MAX + 1];
	int len = join(tap, text, why);

	if (len < 0)
		return len;
	if (tap->channel < 0 && tap->ticket == NULL && !tap->receipt) {
		memcpy(payload, text, (size_t)len);
		return len;
	}
	return (int)reaction_put_text(
		payload, WIRE_PAYLOAD_MAX, put_header(tap, REACTION_TEXT, payload), text);
}

int tap_build(const struct tap *tap, uint8_t payload[WIRE_PAYLOAD_MAX], char why[TAP_WHY_MAX])
{
	bool pairs = !tap->as_text;

	for (unsigned i = 0; i < tap->n; i++)
		pairs = pairs && looks_like_pair(tap->words[i]);
	return pairs ? build_batch(tap, payload, why) : build_text(tap, payload, why);
}

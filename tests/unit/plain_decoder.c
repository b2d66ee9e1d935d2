/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "plain_decoder.h"

#include <string.h>

/* A number of n bytes, the first the highest. */
static unsigned long long number(const uint8_t *at, unsigned n)
{
	unsigned long long value = 0;

	for (unsigned i = 0; i < n; i++)
		value = value * 256 + at[i];
	return value;
}

/* 80 to BF go on with a character; C0 and C1 would be overlong; F5 and up lie above U+10FFFF. */
static bool may_begin_a_character(uint8_t byte)
{
	bool goes_on = byte >= 0x80 && byte <= 0xbf;
	bool overlong = byte == 0xc0 || byte == 0xc1;

	return !goes_on && !overlong && byte <= 0xf4;
}

static bool only_zeros(const uint8_t *rest, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (rest[i] != 0)
			return false;
	}
	return true;
}

/* Section 1.3: text of at most 512 bytes. Section 1.2: with FRAME up to the first zero byte. */
static enum refusal read_text(const uint8_t *body, size_t len, struct plain_datagram *out)
{
	size_t text_len = len;

	if (out->wants_frame) {
		text_len = 0;
		while (text_len < len && body[text_len] != 0)
			text_len++;
		if (!only_zeros(body + text_len, len - text_len))
			return REFUSED_body;
	}
	if (text_len < 1 || text_len > 512)
		return REFUSED_text_length;
	memcpy(out->text, body, text_len);
	out->text_len = text_len;
	return REFUSED_none;
}

/* How many bytes the batch at body takes, or 0 if it is malformed. */
static size_t read_batch(const uint8_t *body, size_t len, struct plain_batch *out)
{
	if (len < 1)
		return 0;
	out->n = body[0];
	if (out->n < 1 || out->n > 32 || len < 1 + 2 * out->n)
		return 0;
	for (unsigned i = 0; i < out->n; i++) {
		out->pairs[i].reaction = body[1 + 2 * i];
		out->pairs[i].count = body[2 + 2 * i];
		if (out->pairs[i].count == 0)
			return 0;
		for (unsigned j = 0; j < i; j++) {
			if (out->pairs[j].reaction == out->pairs[i].reaction)
				return 0;
		}
	}
	return 1 + 2 * out->n;
}

static enum refusal read_batches(const uint8_t *body, size_t len, struct plain_datagram *out)
{
	for (unsigned i = 0; i < out->n_batches; i++) {
		size_t taken = read_batch(body, len, &out->batches[i]);

		if (taken == 0)
			return REFUSED_body;
		body += taken;
		len -= taken;
	}
	if (out->wants_frame)
		return only_zeros(body, len) ? REFUSED_none : REFUSED_body;
	return len == 0 ? REFUSED_none : REFUSED_body;
}

static bool number_of_batches_is_right(const struct plain_datagram *d)
{
	if (d->n_batches == 0)
		return d->wants_frame;
	if (d->n_batches > 8)
		return false;
	if (d->sequence == 0)
		return d->n_batches == 1;
	return d->n_batches <= d->sequence;
}

static enum refusal read_header_and_body(
	const uint8_t *payload, size_t len, struct plain_datagram *out)
{
	size_t begin = 16;

	if (len < 16)
		return REFUSED_payload_length;
	if (payload[1] / 16 != 1)
		return REFUSED_version;
	out->has_header = true;
	out->wants_ticket = payload[1] & 1;
	out->wants_receipt = payload[1] & 2;
	out->is_text = payload[1] & 4;
	out->wants_frame = payload[1] & 8;
	out->channel = (unsigned)number(payload + 2, 2);
	out->n_batches = payload[4];
	out->session = number(payload + 5, 7);
	out->sequence = (unsigned)number(payload + 12, 4);

	if (out->session == 0)
		return REFUSED_session;
	if (!number_of_batches_is_right(out))
		return REFUSED_batches;
	if (out->is_text && out->n_batches != 1)
		return REFUSED_flags;
	if (out->wants_ticket) {
		if (len < 32)
			return REFUSED_body;
		memcpy(out->ticket, payload + 16, 16);
		if (out->ticket[5] != 0) // reserved
			return REFUSED_flags;
		begin = 32;
	}
	return out->is_text ? read_text(payload + begin, len - begin, out)
			    : read_batches(payload + begin, len - begin, out);
}

enum refusal plain_decode(const uint8_t *payload, size_t len, struct plain_datagram *out)
{
	memset(out, 0, sizeof(*out));
	if (len == 0 || len > 1200)
		return REFUSED_payload_length;
	if (payload[0] == 0xfa)
		return read_header_and_body(payload, len, out);
	if (!may_begin_a_character(payload[0]))
		return REFUSED_magic;
	out->is_text = true;
	out->n_batches = 1;
	return read_text(payload, len, out);
}
